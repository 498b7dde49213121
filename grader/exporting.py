"""Results back to where hand-ins came from: the commands `grader export …` and `gradescope …`."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader import marking
from grader.errors import GraderError
from grader.labs import DEFAULT_LAB

if TYPE_CHECKING:
    from grader.lms.export.filling import Filled
    from grader.types import Report

MOST_TOLD = 50

export_app = typer.Typer(help="Results as an LMS or CI takes them.", no_args_is_help=True)
gradescope_app = typer.Typer(help="This grader as Gradescope's autograder.", no_args_is_help=True)
screen = Console()
problems = Console(stderr=True)

Target = Annotated[Path, typer.Option("--to", metavar="FILE", help="Where it goes.")]
Pending = Annotated[
    bool, typer.Option("--include-pending", help="Totals with points still to be marked, too.")
]
Scale = Annotated[bool, typer.Option("--scale", help="Scale to the LMS's maximum.")]
Clamp = Annotated[bool, typer.Option("--clamp", help="Enter the bound for what lies beyond it.")]


@export_app.command()
def moodle(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    sheet: Annotated[
        Path, typer.Option("--sheet", metavar="CSV", help="The grading worksheet from Moodle.")
    ],
    to: Target,
    out: marking.Results = Path("results"),
    feedback: Annotated[
        Path | None,
        typer.Option("--feedback", metavar="ZIP", help="Feedback files for bulk upload."),
    ] = None,
    include_pending: Pending = False,
    scale: Scale = False,
    clamp: Clamp = False,
    yes: Annotated[
        str | None, typer.Option("--yes", metavar="WORD", help="The sheet's word for yes.")
    ] = None,
    db: marking.Database = None,
    lab: marking.Lab = None,
) -> None:
    """Fill in Moodle's grading worksheet, and pack everybody's feedback."""
    from grader.lms.export import moodle as sheets
    from grader.lms.export.cells import render
    from grader.lms.export.filling import Rules, fill
    from grader.results import folder_name, whole_file, write_file

    reports = _reports(out, db, lab)
    rules = Rules(include_pending=include_pending, scale=scale, clamp=clamp)
    filled = fill(sheets.target(_bytes(sheet), yes), reports, rules)
    without: tuple[str, ...] = ()
    if feedback is not None:
        folders = [out / folder_name(each.submission.id) for _, each in filled.matched]
        with whole_file(feedback, help="") as part:
            without = sheets.feedback_zip(filled.matched, folders, part)
    write_file(to, render(filled.sheet), help="")
    _tell(filled, to, (f"{each}: no feedback to send in {out}." for each in without))


@export_app.command()
def canvas(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    sheet: Annotated[
        Path, typer.Option("--sheet", metavar="CSV", help="The gradebook exported from Canvas.")
    ],
    assignment: Annotated[
        str, typer.Option("--assignment", help="Its name, or its number in the header.")
    ],
    to: Target,
    out: marking.Results = Path("results"),
    include_pending: Pending = False,
    scale: Scale = False,
    clamp: Clamp = False,
    db: marking.Database = None,
    lab: marking.Lab = None,
) -> None:
    """Fill in one assignment of Canvas's gradebook."""
    from grader.lms.export import canvas as sheets
    from grader.lms.export.cells import render
    from grader.lms.export.filling import Rules, fill
    from grader.results import write_file

    reports = _reports(out, db, lab)
    rules = Rules(include_pending=include_pending, scale=scale, clamp=clamp)
    filled = fill(sheets.target(_bytes(sheet), assignment), reports, rules)
    write_file(to, render(filled.sheet), help="")
    _tell(filled, to)


@export_app.command()
def gradescope(
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where the files go.")],
    out: marking.Results = Path("results"),
    db: marking.Database = None,
    lab: marking.Lab = None,
) -> None:
    """Write Gradescope's results.json of every hand-in, as FOLDER/ID.json."""
    from grader.intake import safe_name
    from grader.lms.export.gradescope import render
    from grader.results import write_file

    reports = _reports(out, db, lab)
    for report in reports:
        write_file(to / f"{safe_name(report.submission.id)}.json", render(report), help="")
    _say(f"{len(reports)} files are in {to}.")


@export_app.command()
def junit(
    to: Target,
    out: marking.Results = Path("results"),
    db: marking.Database = None,
    lab: marking.Lab = None,
) -> None:
    """Write JUnit's XML: a suite for each hand-in, a test for each check."""
    _render("junit", to, _reports(out, db, lab))


@export_app.command()
def summary(
    to: Target,
    out: marking.Results = Path("results"),
    db: marking.Database = None,
    lab: marking.Lab = None,
) -> None:
    """Write a Markdown summary, as GitHub shows for a job."""
    _render("summary", to, _reports(out, db, lab))


@gradescope_app.command()
def build(
    to: Target = Path("autograder.zip"),
    lab: Annotated[
        str, typer.Option("--lab", metavar="NAME", help="A lab's name, or its .toml file.")
    ] = DEFAULT_LAB,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="The test set to put in; else the image fetches it."),
    ] = None,
) -> None:
    """Make the zip that Gradescope asks for as an autograder."""
    from grader.data import verify
    from grader.lms.export.autograder import build as built
    from grader.results import write_file

    if data is not None and verify(data).is_sample:
        raise GraderError(f"{data} is a sample, not the test set.", help="grader data fetch")
    write_file(to, built(lab, data), help="")
    _say(f"{to} is ready: Gradescope, Configure Autograder, Zip file upload.")


@gradescope_app.command("hand-in", hidden=True)
def hand_in(root: Annotated[Path, typer.Argument(help="Gradescope's /autograder.")]) -> None:
    """Name the submission by its student's id and print where it is: run_autograder asks."""
    from grader.lms.export.autograder import hand_in as found

    typer.echo(found(root))


def _reports(out: Path, db: str | None, lab: str | None) -> "tuple[Report, ...]":
    """The class with every mark given so far."""
    from grader.review.classroom import Classroom

    with marking.open_marks(out, db) as marks:
        return Classroom(out, lab, marks).reports()


def _render(kind: str, to: Path, reports: "tuple[Report, ...]") -> None:
    from grader.lms.export import RENDERERS
    from grader.results import write_file

    write_file(to, RENDERERS[kind](reports), help="")
    _say(f"{to} has {len(reports)} hand-ins.")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise GraderError(f"{path} cannot be read: {error.strerror or error}.") from error


def _tell(filled: "Filled", to: Path, more: Iterable[str] = ()) -> None:
    left = (*filled.left, *more)
    for each in left[:MOST_TOLD]:
        problems.print(each, highlight=False, markup=False, soft_wrap=True)
    if len(left) > MOST_TOLD:
        problems.print(f"… and {len(left) - MOST_TOLD} more")
    same = len(filled.standing) - filled.changed
    _say(f"{filled.changed} grades were entered in {to}; {same} were in it already.")


def _say(said: str) -> None:
    screen.print(said, highlight=False, markup=False, soft_wrap=True)
