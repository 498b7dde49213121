"""`grader rescore`: score a graded class again with another lab file or other extensions."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import say, screen, warn
from grader.commands.extended import Sheets, class_extensions, outdated_notes
from grader.commands.in_course import course_lab, other_lab
from grader.commands.options import Database, ExtensionSheet, Results, Roster
from grader.compare.changes import compare
from grader.compare.tables import movements
from grader.errors import GraderError
from grader.lms.roster import read_roster
from grader.results.attendance import kept_roster
from grader.results.choice import keep_several, kept_several
from grader.results.folder import PAGE
from grader.results.kept_extensions import keep_extensions
from grader.results.read import as_it_was, lab_of, read_results

app = typer.Typer(add_completion=False)


@app.command()
def rescore(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    ctx: typer.Context,
    out: Results = Path("results"),
    lab: Annotated[
        str | None,
        typer.Option(
            "--lab",
            metavar="FILE",
            callback=other_lab,
            help="The changed .toml file, or a lab's name; default in a course: the course's.",
        ),
    ] = None,
    roster: Roster = None,
    extensions: ExtensionSheet = None,
    db: Database = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
) -> None:
    """Score a class again with a changed lab file, from the stored measurements.

    Also with changed extensions. Shows whose points change and by how much, and asks before it
    writes.
    """
    # Altair and SQLAlchemy take half a second: --help and usage errors must not wait for them.
    from grader.results.rescore import preview, write

    chosen = course_lab(ctx)
    if lab is None and chosen is not None:
        lab = chosen.file
    if lab is None and roster is None and extensions is None:
        raise GraderError(
            "Nothing to score by.", help="Give --lab FILE, or --extensions CSV, or both."
        )
    before = as_it_was(out)
    if before is None:
        before = read_results(out)
    else:
        screen.print(
            "The last rescore was interrupted. This one starts from the results before it."
        )
    spec = lab_of(before, out, lab)
    allowed = class_extensions(ctx, spec, Sheets(roster=roster, extensions=extensions, kept=out))
    now = allowed.extended_reports(before)
    screen.print(movements(compare(before, preview(now, spec, out, db))))
    people = read_roster(roster) if roster is not None else kept_roster(out)
    for note in allowed.notes_on([each.submission for each in before], people):
        warn(note)
    if not yes:
        # No lock is held: marks given meanwhile are written as usual.
        typer.confirm(f"Write this to {out}?", abort=True)
    keep_several(allowed.extended_reports(kept_several(out)), out)
    write(now, spec, out, db)
    keep_extensions(allowed.extensions, out)
    say(f"Wrote {out / PAGE}.")
    for note in outdated_notes(ctx):
        warn(note)
