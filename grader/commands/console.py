"""The two ways to say something to the person at the keyboard."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from grader.errors import GraderError, HarnessError, Skip
from grader.text import inert

MOST_SHOWN = 50

screen = Console()
problems = Console(stderr=True)


def say(text: str) -> None:
    """Print `text` as it is: nothing in it is markup, and no line is wrapped."""
    screen.print(text, highlight=False, markup=False, soft_wrap=True)


def warn(text: str) -> None:
    """Print `text`, which may hold a hand-in's words, on stderr."""
    problems.print(inert(text), highlight=False, markup=False, soft_wrap=True)


def warn_of_each(texts: Sequence[str]) -> None:
    """Print the first of `texts` a line each, and how many more there are."""
    for each in texts[:MOST_SHOWN]:
        warn(each)
    if len(texts) > MOST_SHOWN:
        warn(f"… and {len(texts) - MOST_SHOWN} more")


def stop(who: str, why: str, help: str | None = None) -> None:
    """Print what ended the program, in bold by `who`, and its help, on stderr."""
    problems.print(f"[bold]{who}[/bold] {escape(inert(why))}", highlight=False)
    if help:
        problems.print(escape(inert(help)), highlight=False)


def tell(error: GraderError | HarnessError | Skip) -> None:
    """Print what stopped one of several things, and its help, on stderr."""
    warn(str(error))
    if not isinstance(error, HarnessError) and error.help:
        warn(error.help)
