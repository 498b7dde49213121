"""A class scored again by another lab file, from what was measured of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields

from grader.batch.measure import fingerprint_of
from grader.batch.store import Store
from grader.errors import GraderError
from grader.labs.spec import LabSpec
from grader.marks.rules import AllMarks, marked, marks_for, objection, parts
from grader.text import several
from grader.types import GradedQuestion, GradeItem, Report, Setup

_TWIN = re.compile(r"~\d+$")  # what tells several hand-ins of one student apart
NAMED = 5
LISTED = 20  # marks that cannot stand, in one message


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
        raise GraderError(
            f"By this lab file other things are measured than were of {several(lacking, NAMED)}.",
            help="Change its score, items, deadline, judge or points only; for any other change, "
            "grade the class again with --lab.",
        )


def check_marks(reports: Sequence[Report], lab: LabSpec, marks: AllMarks) -> None:
    """Raises `GraderError` naming every mark that is in no database, or cannot stand under `lab`.

    A mark above what its part earns by the new file would count in full, and one of a part that the
    file has no longer would count for nothing: a person gives both again first.
    """
    lost = [
        f"{report.submission.id}, {part}"
        for report in reports
        for part in _by_person(report)
        if part not in marks_for(report.submission.id, marks)
    ]
    if lost:
        raise GraderError(
            f"Marks of the class are not in its database: {several(lost, LISTED, '; ')}.",
            help="Say where they are: --db URL or FILE.",
        )
    wrong = [each for report in reports for each in _objections(report, lab, marks)]
    if wrong:
        raise GraderError(
            f"By this lab file marks cannot stand: {several(wrong, LISTED, '; ')}.",
            help="Change them first, by the lab file that the class was graded with (grader "
            "review), then rescore.",
        )


def _objections(report: Report, lab: LabSpec, marks: AllMarks) -> Iterator[str]:
    student, known = report.submission.id, {part.id: part for part in parts(lab)}
    given = _by_person(report)
    for id, mark in marks_for(student, marks).items():
        if id in known:
            why = objection(known[id], mark.points, mark.comment, None)
        else:
            why = "it has no such part" if id in given and mark.points is not None else None
        if why:
            yield f"{student}, {id}: {why}"


def _by_person(report: Report) -> tuple[str, ...]:
    """The parts whose points a person gave, as the report says."""
    several: list[GradeItem | GradedQuestion] = []
    for item in report.grade.items:
        several += [item, *item.questions]
    return tuple(part.id for part in several if part.by == "person")


def _keys(report: Report, lab: LabSpec) -> Iterator[tuple[str, str]]:
    setup = Setup(**{each.name: getattr(report.provenance, each.name) for each in fields(Setup)})
    print_ = fingerprint_of(report.submission.sha256, lab, setup)
    yield report.submission.id, print_
    yield _TWIN.sub("", report.submission.id), print_
