"""Messages to the user, on stdout and stderr.

Text of a hand-in is in many of them, and a log of CI may be read by a machine: see `_Log`.
"""

import contextlib
import secrets
import sys
from collections.abc import Iterator, Sequence
from typing import IO, Any, cast

import typer
from rich.console import Console
from rich.markup import escape

from grader.errors import GraderError, HarnessError, Skip
from grader.text import inert, without_commands

MOST_SHOWN = 50


class _Log:
    """`sys.stdout` or `sys.stderr`, in which no line is a command to a CI system.

    The lines are changed here because only here they are wrapped: a command may begin in the middle
    of a text.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def write(self, text: str) -> int:
        """Write the text, on a terminal as it is."""
        stream = getattr(sys, self._name)
        return int(stream.write(text if stream.isatty() else without_commands(text)))

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(sys, self._name), name)


screen = Console(file=cast(IO[str], _Log("stdout")))
problems = Console(file=cast(IO[str], _Log("stderr")), stderr=True)


@contextlib.contextmanager
def without_workflow_commands() -> Iterator[None]:
    """In the block, GitHub's runner takes no line of the log for a command."""
    token = secrets.token_hex(16)  # a hand-in cannot know it
    typer.echo(f"::stop-commands::{token}")
    try:
        yield
    finally:
        typer.echo(f"::{token}::")


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


def stop_by_a_bug(trace: str) -> None:
    """Print on stderr the traceback of an error of the grader, which may quote a hand-in."""
    problems.print(trace, highlight=False, markup=False, soft_wrap=True, end="")


def tell(error: GraderError | HarnessError | Skip) -> None:
    """Print an error that does not end the program, and its help, on stderr."""
    warn(str(error))
    if not isinstance(error, HarnessError) and error.help:
        warn(error.help)
