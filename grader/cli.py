"""The command line: finds the command that is typed, and turns what stops it into an exit code."""

import gc
import sys
import traceback
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from grader import __version__
from grader.commands import COMMANDS
from grader.commands.interrupt import INTERRUPTED, MESSAGE, clean_up_first
from grader.errors import GraderError, HarnessError

USAGE, HARNESS_ERROR = 2, 3


class CommandFolder(TyperGroup):
    """The files of `grader.commands`: listed without being imported, imported when typed."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {name: TyperGroup(name=name, help=help) for name, help in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that `args` begin with, imported; the types are those of Typer's own click.

        Raises Typer's usage error where there is none.
        """
        name, listed, rest = super().resolve_command(ctx, args)
        if name is None or listed is None:
            return name, listed, rest
        return name, get_command(import_module(f"grader.commands.{name}").app), rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C ends it with one line and exit code 130."""
        with clean_up_first():
            try:
                return super().invoke(ctx)
            except KeyboardInterrupt:
                typer.echo(MESSAGE, err=True)
                raise typer.Exit(INTERRUPTED) from None


app = typer.Typer(
    cls=CommandFolder,
    help="Grades hand-ins of on-device machine learning labs.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it and exit.")
    ] = False,
) -> None:
    """Grades hand-ins of on-device machine learning labs."""


def run() -> None:
    """The program: what the user can fix is told in a line, and Ctrl-C is no traceback."""
    # A class makes a million objects and no garbage: to look for some is a tenth of the time.
    gc.set_threshold(200_000, 20, 100)
    try:
        app()
    except GraderError as error:
        _stop("grader:", str(error), USAGE, error.help)
    except HarnessError as error:
        _stop("grader failed:", str(error), HARNESS_ERROR)
    except OSError as error:  # a full disk, a name too long: the system's word, and no traceback
        _stop("grader:", f"{error}.", USAGE)
    except Exception:  # a bug of ours: Python's own exit code of 1 means "not accepted" here
        traceback.print_exc()
        sys.exit(HARNESS_ERROR)


def _stop(who: str, why: str, code: int, help: str | None = None) -> None:
    # rich is a fifth of the time of a command that ends well
    from grader.commands.console import stop

    stop(who, why, help)
    sys.exit(code)
