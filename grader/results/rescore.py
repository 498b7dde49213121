"""A class scored again by another lab file: checked, and written over the old files."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from grader.batch.store import Store
from grader.compare.rescored import check_marks, check_measured, rescored
from grader.errors import GraderError
from grader.labs.spec import LabSpec
from grader.marks.rules import AllMarks
from grader.marks.store import marks_of_class
from grader.results.folder import DATABASE, UNWRITABLE, Unwritable
from grader.results.read import as_it_was, keep_as_it_was, read_results
from grader.results.write import write_class
from grader.types import Report


def preview(
    before: Sequence[Report], spec: LabSpec, out: Path, db: str | None
) -> tuple[Report, ...]:
    """The class by `spec`, with the marks given so far.

    Raises `GraderError` where `spec` needs other measurements, or a mark cannot stand under it.
    """
    _check_measurements(before, spec, out)
    marks = marks_of_class(out, db)
    check_marks(before, spec, marks)
    return rescored(before, spec, marks, _now())


def _check_measurements(reports: Sequence[Report], spec: LabSpec, out: Path) -> None:
    """Raises `GraderError` where by `spec` other things are measured than were."""
    if not (out / DATABASE).is_file():  # to open it would make an empty one
        raise GraderError(
            f"{out} has no measurements ({DATABASE}).",
            help="Grade the class again with --lab.",
        )
    with Store.open(out / DATABASE) as store:
        check_measured(reports, spec, store)


def write(reports: Sequence[Report], spec: LabSpec, out: Path, db: str | None) -> None:
    """Write the class by `spec`, unless it is not what was shown any more; raises `GraderError`."""

    def scored(marks: AllMarks) -> tuple[Report, ...]:
        check_marks(reports, spec, marks)
        return rescored(reports, spec, marks, _now())

    with Store.open(out / DATABASE):  # whoever holds it writes the files
        if as_it_was(out) is None:
            if _measured(read_results(out)) != _measured(reports):
                raise GraderError(
                    "The class was graded again meanwhile: nothing was written.",
                    help="Look at who moves now: run this again.",
                )
            keep_as_it_was(reports, out)
        try:
            write_class(scored, spec, out, db)
        except Unwritable as error:
            raise GraderError(
                str(error),
                help=f"{UNWRITABLE} Run this again: until then the class is half rescored.",
            ) from error


def _measured(reports: Sequence[Report]) -> list[object]:
    return [(each.submission.id, each.measurements) for each in reports]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
