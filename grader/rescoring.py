"""Another lab file for a class that is measured: the command `grader rescore`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader import marking
from grader.errors import GraderError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.lab import LabSpec
    from grader.types import Report

screen = Console()


def rescore(
    lab: Annotated[
        str, typer.Option("--lab", metavar="FILE", help="The changed .toml file, or a lab's name.")
    ],
    out: marking.Results = Path("results"),
    db: marking.Database = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
) -> None:
    """Score a class again by a changed lab file, from what was measured of it.

    Shows who moves and by how much, and asks before anything is written.
    """
    from grader import results
    from grader.compare.changes import compare
    from grader.compare.rescored import check_marks, rescored
    from grader.compare.tables import movements
    from grader.lab import load_lab
    from grader.marks import marks_of_class

    spec = load_lab(lab)
    before = results.as_it_was(out)
    if before is None:
        before = results.read_results(out)
    else:
        screen.print("A rescore was cut off here: this one begins from what was before it.")
    _check_measured(before, spec, out)
    marks = marks_of_class(out, db)
    check_marks(before, spec, marks)
    screen.print(movements(compare(before, rescored(before, spec, marks, _now()))))
    if not yes:
        # No lock is held: who marks meanwhile writes the files, as ever.
        typer.confirm(f"Write this to {out}?", abort=True)
    _write(before, spec, out, db)
    screen.print(f"Written: {out / results.PAGE}", highlight=False, markup=False)


def _check_measured(reports: "Sequence[Report]", spec: "LabSpec", out: Path) -> None:
    """Raises `GraderError` where by `spec` other things are measured than were."""
    from grader import results
    from grader.compare.rescored import check_measured
    from grader.store import Store

    if not (out / results.DATABASE).is_file():  # to open it would make an empty one
        raise GraderError(
            f"{out} has no measurements ({results.DATABASE}).",
            help="Grade the class again with --lab.",
        )
    with Store.open(out / results.DATABASE) as store:
        check_measured(reports, spec, store)


def _write(reports: "Sequence[Report]", spec: "LabSpec", out: Path, db: str | None) -> None:
    """Write the class by `spec`, unless it is not what was shown any more; raises `GraderError`."""
    from grader import results
    from grader.compare.rescored import check_marks, rescored
    from grader.marks import AllMarks
    from grader.store import Store

    def scored(marks: AllMarks) -> "tuple[Report, ...]":
        check_marks(reports, spec, marks)
        return rescored(reports, spec, marks, _now())

    with Store.open(out / results.DATABASE):  # whoever holds it writes the files
        if results.as_it_was(out) is None:
            if _measured(results.read_results(out)) != _measured(reports):
                raise GraderError(
                    "The class was graded again meanwhile: nothing was written.",
                    help="Look at who moves now: run this again.",
                )
            results.keep_as_it_was(reports, out)
        try:
            results.write_class(scored, spec, out, db)
        except results.Unwritable as error:
            raise GraderError(
                str(error),
                help=f"{results.UNWRITABLE} Run this again: until then the class is half rescored.",
            ) from error


def _measured(reports: "Sequence[Report]") -> list[object]:
    return [(each.submission.id, each.measurements) for each in reports]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
