"""A class scored again by another lab file: checked, and written over the old files."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from grader.batch.store import Store
from grader.compare.rescored import check_marks, check_measured, rescored
from grader.errors import GraderError
from grader.labs.spec import LabSpec
from grader.marks.rules import AllMarks
from grader.results.folder import DATABASE, UNWRITABLE, Unwritable
from grader.results.read import as_it_was, keep_as_it_was, read_results
from grader.results.write import write_class
from grader.types import Report


def check_measurements(reports: Sequence[Report], spec: LabSpec, out: Path) -> None:
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
        return rescored(reports, spec, marks, now())

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


def now() -> str:
    """The time of this scoring, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")
