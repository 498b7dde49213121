"""Scores a class again by another lab file: checks it, and replaces the old files."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from grader.batch.store import Store
from grader.errors import GraderError
from grader.labs.spec import LabSpec
from grader.marks.decisions import Given
from grader.marks.store import given_to
from grader.results.folder import DATABASE, UNWRITABLE, Unwritable
from grader.results.read import as_it_was, keep_as_it_was, read_results
from grader.results.rescored import check_marks, check_measured, rescored
from grader.results.write import Place, write_class
from grader.types import Report, Submission


def preview(
    before: Sequence[Report], spec: LabSpec, out: Path, db: str | None
) -> tuple[Report, ...]:
    """Return the class scored by `spec`, with the marks given so far.

    Raises `GraderError` if `spec` needs other measurements or does not allow one of the marks.
    """
    _check_measurements(before, spec, out)
    given = given_to(out, db, _submissions(before))
    check_marks(before, spec, given.marks)
    return rescored(before, spec, given, _now())


def _check_measurements(reports: Sequence[Report], spec: LabSpec, out: Path) -> None:
    """Raise `GraderError` if `spec` needs measurements that the class does not have."""
    if not (out / DATABASE).is_file():  # opening it would create an empty one
        raise GraderError(
            f"{out} has no measurements ({DATABASE}).",
            help="Grade the class again with --lab.",
        )
    with Store.open(out / DATABASE) as store:
        check_measured(reports, spec, store)


def write(reports: Sequence[Report], spec: LabSpec, out: Path, db: str | None) -> None:
    """Write the class scored by `spec`.

    Raises `GraderError` if the class is no longer that of `reports`, or a file cannot be written.
    """

    def scored(given: Given) -> tuple[Report, ...]:
        check_marks(reports, spec, given.marks)
        return rescored(reports, spec, given, _now())

    with Store.open(out / DATABASE):  # its lock allows only one writer of the files
        if as_it_was(out) is None:
            if _measured(read_results(out)) != _measured(reports):
                raise GraderError(
                    "The class was graded again in the meantime: nothing was written.",
                    help="Run the command again to see the new changes.",
                )
            keep_as_it_was(reports, out)
        try:
            write_class(scored, spec, Place(out=out, db=db, class_=_submissions(reports)))
        except Unwritable as error:
            raise GraderError(
                str(error),
                help=f"{UNWRITABLE} Run the same command again to finish the rescore.",
            ) from error


def _submissions(reports: Sequence[Report]) -> tuple[Submission, ...]:
    return tuple(each.submission for each in reports)


def _measured(reports: Sequence[Report]) -> list[object]:
    return [(each.submission.id, each.measurements) for each in reports]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
