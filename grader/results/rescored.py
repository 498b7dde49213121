"""Score a class again with another lab file, from its stored measurements."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields

from grader.batch.measure import fingerprint_of
from grader.batch.store import Store
from grader.errors import GraderError
from grader.labs.spec import LabSpec
from grader.marks.rules import AllMarks, marked, marks_for, objection, parts, scoring
from grader.text import several
from grader.types import GradedQuestion, GradeItem, Report, Setup

_TWIN = re.compile(r"~\d+$")  # the suffix of a further hand-in of the same student
NAMED = 5
LISTED = 20  # invalid marks in one message


def rescored(
    reports: Sequence[Report], lab: LabSpec, marks: AllMarks, graded_at: str
) -> tuple[Report, ...]:
    """Return the reports scored by `lab` at `graded_at`, with the marks given so far."""
    by = scoring(lab, graded_at)
    return tuple(marked(report, by, marks_for(report.submission.id, marks)) for report in reports)


def check_measured(reports: Sequence[Report], lab: LabSpec, store: Store) -> None:
    """Raise `GraderError` if `lab` needs measurements that are not in `store`.

    The measurements depend on the lab's layout, limits, network, runner and questions: a lab file
    that changes these needs a new grading of the class.
    """
    keys = [(report.submission.id, tuple(_keys(report, lab))) for report in reports]
    found = store.all_measured(key for _, several in keys for key in several)
    lacking = [student for student, several in keys if not any(key in found for key in several)]
    if lacking:
        raise GraderError(
            f"This lab file needs measurements that {several(lacking, NAMED)} "
            f"{'does' if len(lacking) == 1 else 'do'} not have.",
            help="Change only score, items, deadline, judge or points; for any other change, "
            "grade the class again with --lab.",
        )


def check_marks(reports: Sequence[Report], lab: LabSpec, marks: AllMarks) -> None:
    """Raise `GraderError` with every mark that is in no database, or not valid under `lab`.

    A mark above the new maximum of its part would count in full, and a mark of a removed part would
    not count: a person must change both first.
    """
    lost = [
        f"{report.submission.id}, {part}"
        for report in reports
        for part in _by_person(report)
        if part not in marks_for(report.submission.id, marks)
    ]
    if lost:
        raise GraderError(
            f"Marks of the class are missing in the database: {several(lost, LISTED, '; ')}.",
            help="Give the database that has them: --db URL or FILE.",
        )
    wrong = [each for report in reports for each in _objections(report, lab, marks)]
    if wrong:
        raise GraderError(
            f"These marks are not valid under this lab file: {several(wrong, LISTED, '; ')}.",
            help="Change them first in grader review, with the lab file that the class was graded "
            "with, then rescore.",
        )


def _objections(report: Report, lab: LabSpec, marks: AllMarks) -> Iterator[str]:
    student, known = report.submission.id, {part.id: part for part in parts(lab)}
    given = _by_person(report)
    for id, mark in marks_for(student, marks).items():
        if id in known:
            why = objection(known[id], mark.points, mark.comment, None)
        else:
            removed = id in given and mark.points is not None
            why = "the lab file has no such part" if removed else None
        if why:
            yield f"{student}, {id}: {why}"


def _by_person(report: Report) -> tuple[str, ...]:
    """Return the ids of the parts of the report whose points a person gave."""
    several: list[GradeItem | GradedQuestion] = []
    for item in report.grade.items:
        several += [item, *item.questions]
    return tuple(part.id for part in several if part.by == "person")


def _keys(report: Report, lab: LabSpec) -> Iterator[tuple[str, str]]:
    setup = Setup(**{each.name: getattr(report.provenance, each.name) for each in fields(Setup)})
    print_ = fingerprint_of(report.submission.sha256, lab, setup)
    yield report.submission.id, print_
    yield _TWIN.sub("", report.submission.id), print_
