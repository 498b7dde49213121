"""Messages to the user, on stdout and stderr."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from grader.errors import GraderError, HarnessError, Skip
from grader.text import inert

MOST_SHOWN = 50

screen = Console()
problems = Console(stderr=True)


def say(text: str) -> None:
    """Print `text` on stdout as it is, without markup or wrapping."""
    screen.print(text, highlight=False, markup=False, soft_wrap=True)


def warn(text: str) -> None:
    """Print `text`, which may contain text of a hand-in, on stderr."""
    problems.print(inert(text), highlight=False, markup=False, soft_wrap=True)


def warn_of_each(texts: Sequence[str]) -> None:
    """Print the first `MOST_SHOWN` of `texts`, one per line, and the number of the others."""
    for each in texts[:MOST_SHOWN]:
        warn(each)
    if len(texts) > MOST_SHOWN:
        warn(f"… and {len(texts) - MOST_SHOWN} more")


def stop(who: str, why: str, help: str | None = None) -> None:
    """Print on stderr why the program ended: `who` in bold, then `why`, then `help`."""
    problems.print(f"[bold]{who}[/bold] {escape(inert(why))}", highlight=False)
    if help:
        problems.print(escape(inert(help)), highlight=False)


def tell(error: GraderError | HarnessError | Skip) -> None:
    """Print an error that does not end the program, and its help, on stderr."""
    warn(str(error))
    if not isinstance(error, HarnessError) and error.help:
        warn(error.help)
