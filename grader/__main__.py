"""The program: `grader`, or `python -m grader`."""

from grader.commands.interrupt import end_at_once


def start() -> None:
    """Run the command; Ctrl-C ends it with exit code 130 at any time."""
    end_at_once()
    from grader.cli import run  # Ctrl-C during this import must not print a traceback

    run()


if __name__ == "__main__":
    start()
