"""The command line: runs the command that is typed, and turns its errors into exit codes."""

import gc
import sys
import traceback
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from grader import __version__
from grader.commands.interrupt import INTERRUPTED, MESSAGE, clean_up_first
from grader.commands.registry import COMMANDS
from grader.errors import GraderError, HarnessError
from grader.text import sentence

USAGE, HARNESS_ERROR = 2, 3


class CommandFolder(TyperGroup):
    """The commands of `grader.commands`; a command's module is imported when it is typed."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {name: TyperGroup(name=name, help=help) for name, help in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import and return the command that `args` begin with; the types are Typer's.

        Raises Typer's usage error if there is no such command.
        """
        name, listed, rest = super().resolve_command(ctx, args)
        if name is None or listed is None:
            return name, listed, rest
        command = get_command(import_module(f"grader.commands.{name}").app)
        _hide_types_of_flags(command, ctx)
        return name, command, rest

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options of `grader` itself."""
        options = super().get_params(ctx)
        _hide_types(options)
        return options

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C ends it with one line and exit code 130."""
        with clean_up_first():
            try:
                return super().invoke(ctx)
            except KeyboardInterrupt:
                typer.echo(MESSAGE, err=True)
                raise typer.Exit(INTERRUPTED) from None


def _hide_types_of_flags(command: Any, ctx: Any) -> None:
    """Leave out the type of each flag in the help of the command and of its own commands."""
    _hide_types(command.get_params(ctx))
    for each in getattr(command, "commands", {}).values():
        _hide_types_of_flags(each, ctx)


def _hide_types(options: list[Any]) -> None:
    for each in options:
        if getattr(each, "is_flag", False):
            each.metavar = ""  # Typer would print `<bool>`, and a flag takes no value


app = typer.Typer(
    cls=CommandFolder,
    help="Grade hand-ins of on-device machine learning labs.",
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
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Grade hand-ins of on-device machine learning labs."""


def run() -> None:
    """Run the program; print errors that the user can fix as one line, without a traceback."""
    # A class makes a million objects and no cycles: the default collector takes 10 % of the time.
    gc.set_threshold(200_000, 20, 100)
    try:
        app()
    except GraderError as error:
        _stop("grader:", str(error), USAGE, error.help)
    except HarnessError as error:
        _stop("grader failed:", str(error), HARNESS_ERROR)
    except OSError as error:  # a full disk, a name too long: the system's message is enough
        _stop("grader:", sentence(error), USAGE)
    except Exception:  # a bug in the grader: Python would exit with 1, which means "not accepted"
        import_module("grader.commands.console").stop_by_a_bug(traceback.format_exc())
        sys.exit(HARNESS_ERROR)


def _stop(who: str, why: str, code: int, help: str | None = None) -> None:
    # importing rich takes a fifth of the time of a command that succeeds
    import_module("grader.commands.console").stop(who, why, help)
    sys.exit(code)
