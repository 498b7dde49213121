"""`grader export …`: results in the formats of an LMS or CI."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.classroom import classroom_in
from grader.commands.console import say, warn_of_each
from grader.commands.options import Database, LabOfResults, Results
from grader.errors import GraderError
from grader.files import whole_file
from grader.intake import safe_name
from grader.lms import cells
from grader.lms.canvas import sheet as canvas_sheet
from grader.lms.filling import Filled, Rules, fill
from grader.lms.moodle import sheet as moodle_sheet
from grader.report import gradescope_results
from grader.report.registry import RENDERERS
from grader.results.folder import explained, write_file
from grader.text import counted
from grader.types import Report

ONE_FILE, FILES = "Wrote 1 file to {to}.", "Wrote {count} files to {to}."
ONE_HAND_IN, HAND_INS = "Wrote 1 hand-in to {to}.", "Wrote {count} hand-ins to {to}."
ONE_GRADE = "Entered 1 grade in {to}; already there: {same}."
GRADES = "Entered {count} grades in {to}; already there: {same}."

app = typer.Typer(
    help="Export results to an LMS or CI.", no_args_is_help=True, add_completion=False
)

Target = Annotated[Path, typer.Option("--to", metavar="FILE", help="The output file.")]
Pending = Annotated[
    bool, typer.Option("--include-pending", help="Also export totals with pending points.")
]
Scale = Annotated[bool, typer.Option("--scale", help="Scale to the LMS's maximum.")]
Clamp = Annotated[bool, typer.Option("--clamp", help="Enter the bound for points beyond it.")]


@app.command()
def moodle(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    sheet: Annotated[
        Path, typer.Option("--sheet", metavar="CSV", help="The grading worksheet from Moodle.")
    ],
    to: Target,
    out: Results = Path("results"),
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
    db: Database = None,
    lab: LabOfResults = None,
) -> None:
    """Fill in Moodle's grading worksheet, and zip the feedback files."""
    rules = Rules(include_pending=include_pending, scale=scale, clamp=clamp)
    without: tuple[str, ...] = ()
    with classroom_in(out, db, lab) as classroom:
        reports = classroom.reports()
        filled = fill(moodle_sheet.target(_bytes(sheet), yes), reports, rules)
        if feedback is not None:
            # Made now from the same reports as the sheet: the files may be older than the marks.
            pages = classroom.feedback([report for _, report in filled.matched], reports)
            with explained(feedback, help=""), whole_file(feedback) as part:
                without = moodle_sheet.feedback_zip(filled.matched, pages, part)
    write_file(to, cells.render(filled.sheet), help="")
    _tell(filled, to, (f"{each}: the grader failed, so there is no feedback." for each in without))


@app.command()
def canvas(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    sheet: Annotated[
        Path, typer.Option("--sheet", metavar="CSV", help="The gradebook exported from Canvas.")
    ],
    assignment: Annotated[
        str,
        typer.Option("--assignment", help="The assignment's name or number."),
    ],
    to: Target,
    out: Results = Path("results"),
    include_pending: Pending = False,
    scale: Scale = False,
    clamp: Clamp = False,
    db: Database = None,
    lab: LabOfResults = None,
) -> None:
    """Fill in one assignment of Canvas's gradebook."""
    reports = _reports(out, db, lab)
    rules = Rules(include_pending=include_pending, scale=scale, clamp=clamp)
    filled = fill(canvas_sheet.target(_bytes(sheet), assignment), reports, rules)
    write_file(to, cells.render(filled.sheet), help="")
    _tell(filled, to)


@app.command()
def gradescope(
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="The output folder.")],
    out: Results = Path("results"),
    db: Database = None,
    lab: LabOfResults = None,
) -> None:
    """Write Gradescope's results.json of every hand-in, as FOLDER/ID.json."""
    reports = _reports(out, db, lab)
    for report in reports:
        write_file(
            to / f"{safe_name(report.submission.id)}.json",
            gradescope_results.render(report),
            help="",
        )
    say(counted(len(reports), ONE_FILE, FILES, to=to))


@app.command()
def junit(
    to: Target,
    out: Results = Path("results"),
    db: Database = None,
    lab: LabOfResults = None,
) -> None:
    """Write JUnit XML: a suite for each hand-in, a test for each check."""
    _render("junit", to, _reports(out, db, lab))


@app.command()
def summary(
    to: Target,
    out: Results = Path("results"),
    db: Database = None,
    lab: LabOfResults = None,
) -> None:
    """Write a Markdown summary, as for a GitHub job."""
    _render("summary", to, _reports(out, db, lab))


def _reports(out: Path, db: str | None, lab: str | None) -> tuple[Report, ...]:
    """Return the reports of the class, with the marks given so far."""
    with classroom_in(out, db, lab) as classroom:
        return classroom.reports()


def _render(kind: str, to: Path, reports: tuple[Report, ...]) -> None:
    write_file(to, RENDERERS[kind](reports), help="")
    say(counted(len(reports), ONE_HAND_IN, HAND_INS, to=to))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise GraderError(f"{path} cannot be read: {error.strerror or error}.") from error


def _tell(filled: Filled, to: Path, more: Iterable[str] = ()) -> None:
    warn_of_each((*filled.left, *more))
    same = len(filled.standing) - filled.changed
    say(counted(filled.changed, ONE_GRADE, GRADES, to=to, same=same))
