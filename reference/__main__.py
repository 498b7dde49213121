"""`python -m reference`: runs the command line and prints errors that the user can fix."""

import os

import typer

from grader.errors import GraderError

# Idle threads must sleep, not spin: the cores are often shared. torch reads this when imported.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from reference.commands import app


def main() -> None:
    """Run the command line; print a GraderError as one line and its help."""
    try:
        app()
    except GraderError as error:
        typer.echo(f"error: {error}", err=True)
        if error.help:
            typer.echo(error.help, err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
