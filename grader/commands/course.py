"""`grader course …`: check course.toml, and compute the totals of the term."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.classroom import classroom_in
from grader.commands.console import say, screen, warn
from grader.commands.extended import course_extensions, outdated_notes
from grader.course.course import Course, read_course
from grader.course.find import COURSE_FILE, find_course
from grader.course.grace import is_graded
from grader.course.listing import render_labs
from grader.course.page import page
from grader.course.sheet import render_csv, render_json
from grader.course.terminal import TotalsTable, labs_table
from grader.course.totals import Given, totals
from grader.errors import GraderError
from grader.labs.files import WrongTable
from grader.lms.roster import read_roster
from grader.results.folder import write_file
from grader.types import Report

WRONG = 2
SHEET, PAGE = "totals.csv", "totals.html"

app = typer.Typer(
    help="Check course.toml, and compute the totals of the term.",
    no_args_is_help=True,
    add_completion=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command("check")
def course_check(as_json: AsJson = False) -> None:
    """Check course.toml: list all of its faults, or its labs.

    Exit codes: 0 no faults, 2 faults.
    """
    file = _file()
    try:
        known = read_course(file)
    except WrongTable as error:
        warn(f"{file}: {len(error.faults)} to fix")
        for fault in error.faults:
            warn(f"  {fault}")
        raise typer.Exit(WRONG) from None
    if as_json:
        typer.echo(render_labs(known), nl=False)
        return
    say(f"{file} is valid: {known.title}, sheets in {known.zone}.")
    screen.print(labs_table(known))


@app.command("totals")
def course_totals(
    ctx: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="The output folder; default: the course's."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute the totals of the term, and write totals.csv and totals.html.

    They are made of the results of the labs with the marks given so far; nothing is measured. Both
    files name all students: they are for the staff.
    """
    known = read_course(_file())
    reports = {lab.id: _reports(known, lab.id) for lab in known.labs if is_graded(lab)}
    if not reports:
        raise GraderError(
            f"No lab of {known.title} is graded yet.", help="Grade one first: grader grade"
        )
    given = Given(
        reports=reports,
        roster=read_roster(known.roster) if known.roster is not None else None,
        extensions=course_extensions(known),
    )
    found = totals(known, given)
    folder = to or known.folder
    write_file(folder / SHEET, render_csv(found), help="")
    write_file(folder / PAGE, page(found), help="")
    if as_json:
        typer.echo(render_json(found), nl=False)
    else:
        screen.print(TotalsTable(totals=found))
    for note in (*found.notes, *outdated_notes(ctx)):
        warn(note)
    if not as_json:
        say(f"Wrote {folder / SHEET} and {folder / PAGE}.")


def _file() -> Path:
    file = find_course()
    if file is None:
        raise GraderError(
            f"There is no {COURSE_FILE} in this folder or above it.",
            help="`grader init` writes one.",
        )
    return file


def _reports(known: Course, id: str) -> tuple[Report, ...]:
    """Return the reports of a lab with the marks given so far."""
    lab = known.lab(id)
    assert lab is not None
    with classroom_in(lab.results, lab.database, None) as classroom:
        return classroom.reports()
