"""The command line: parse, wire, exit code; nothing else."""

import gc
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader import (
    __version__,
    boards,
    catalogue,
    differing,
    exporting,
    grading,
    marking,
    publishing,
    rescoring,
    resembling,
)
from grader.errors import GraderError, HarnessError
from grader.labs import DEFAULT_LAB

MISSING, USAGE, HARNESS_ERROR = 1, 2, 3

app = typer.Typer(
    help="Grades hand-ins of on-device machine learning labs.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    grading.grade,
    grading.check,
    marking.review,
    rescoring.rescore,
    differing.diff,
    resembling.similar,
    publishing.leaderboard,
):
    app.command()(command)
for name, commands in (
    ("device", boards.device_app),
    ("marks", marking.marks_app),
    ("export", exporting.export_app),
    ("gradescope", exporting.gradescope_app),
    ("lab", catalogue.lab_app),
    ("data", catalogue.data_app),
):
    app.add_typer(commands, name=name)

screen = Console()
problems = Console(stderr=True)


def _version(wanted: bool) -> None:
    if wanted:
        screen.print(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it and exit.")
    ] = False,
) -> None:
    """Grades hand-ins of on-device machine learning labs."""


@app.command()
def pack(
    folder: Annotated[Path, typer.Argument(help="The folder you worked in.")],
    student: Annotated[str, typer.Option("--id", help="Your student id.", prompt=True)],
    lab: grading.LabName = DEFAULT_LAB,
    into: Annotated[Path, typer.Option("--into", help="Where the zip goes.")] = Path(),
) -> None:
    """Make the zip to hand in from a working folder, or say what is missing."""
    from grader.intake.pack import pack as pack_zip
    from grader.lab import load_lab

    made = pack_zip(folder, student, load_lab(lab), into)
    screen.print(f"{made} is ready to be handed in.", highlight=False, markup=False)


@app.command()
def view(
    path: Annotated[Path, typer.Argument(help="A zip or an unzipped hand-in.")],
    lab: grading.LabName = DEFAULT_LAB,
    browse: Annotated[
        bool, typer.Option(help="Open a browser; without, print the address.")
    ] = True,
) -> None:
    """Open a hand-in's rebuilt network in Netron, until Ctrl-C."""
    from grader.lab import load_lab
    from grader.viewer import serve

    with tempfile.TemporaryDirectory(prefix="grader-") as work:
        serve(path, load_lab(lab), Path(work), browse, screen.print)


@app.command()
def doctor(
    data: grading.DataFile = None,
    out: Annotated[Path, typer.Option("--out", help="Where the results would go.")] = Path(
        "results"
    ),
) -> None:
    """Show what this machine offers to grade with, what is missing, and how to get it.

    Exit codes: 0 handed-in programs may be run here, 1 something that they need to be run safely is
    missing, 2 wrong usage, 3 the grader itself failed.
    """
    from grader.doctor import diagnose
    from grader.report.doctor import findings

    diagnosis = diagnose(data, out)
    screen.print(findings(diagnosis))
    raise typer.Exit(0 if diagnosis.safe else MISSING)


def run() -> None:
    """The program: what the user can fix is told in a line, and Ctrl-C is no traceback."""
    # A class makes a million objects and no garbage: to look for some is a tenth of the time.
    gc.set_threshold(200_000, 20, 100)
    try:
        app()
    except GraderError as error:
        problems.print(f"[bold]grader:[/bold] {_plain(str(error))}", highlight=False)
        if error.help:
            problems.print(_plain(error.help), highlight=False)
        sys.exit(USAGE)
    except HarnessError as error:
        problems.print(f"[bold]grader failed:[/bold] {_plain(str(error))}", highlight=False)
        sys.exit(HARNESS_ERROR)
    except OSError as error:  # a full disk, a name too long: the system's word, and no traceback
        problems.print(f"[bold]grader:[/bold] {_plain(str(error))}.", highlight=False)
        sys.exit(USAGE)
    except Exception:  # a bug of ours: Python's own exit code of 1 means "not accepted" here
        traceback.print_exc()
        sys.exit(HARNESS_ERROR)


def _plain(text: str) -> str:
    from rich.markup import escape

    from grader.report.text import inert

    return escape(inert(text))
