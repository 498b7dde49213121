"""A class scored again by another lab file, from what was measured of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields

from grader.batch import fingerprint_of
from grader.errors import GraderError
from grader.lab import LabSpec
from grader.marks import AllMarks, marked, marks_for
from grader.store import Store
from grader.types import Report, Setup

_TWIN = re.compile(r"~\d+$")  # what tells several hand-ins of one student apart
NAMED = 5


def rescored(
    reports: Sequence[Report], lab: LabSpec, marks: AllMarks, graded_at: str
) -> tuple[Report, ...]:
    """The same measurements and the marks given so far, scored by `lab` at `graded_at`."""
    return tuple(
        marked(report, lab, marks_for(report.submission.id, marks), graded_at) for report in reports
    )


def check_measured(reports: Sequence[Report], lab: LabSpec, store: Store) -> None:
    """Raises `GraderError` where `lab` asks for other measurements than those in `store`.

    What is measured depends on the lab's layout, limits, network, runner and questions: scored by
    a file that changes these, a class would be graded by measurements nobody made.
    """
    keys = [(report.submission.id, tuple(_keys(report, lab))) for report in reports]
    found = store.all_measured(key for _, several in keys for key in several)
    lacking = [student for student, several in keys if not any(key in found for key in several)]
    if lacking:
        more = f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
        raise GraderError(
            f"By this lab file other things are measured than were of {', '.join(lacking[:NAMED])}"
            f"{more}.",
            help="Change its score, items, deadline, judge or points only; for any other change, "
            "grade the class again with --lab.",
        )


def _keys(report: Report, lab: LabSpec) -> Iterator[tuple[str, str]]:
    setup = Setup(**{each.name: getattr(report.provenance, each.name) for each in fields(Setup)})
    print_ = fingerprint_of(report.submission.sha256, lab, setup)
    yield report.submission.id, print_
    yield _TWIN.sub("", report.submission.id), print_
