"""Score a class again with another lab file, from its stored measurements."""

from collections.abc import Iterator, Sequence

from grader.batch.fingerprint import fingerprint_of
from grader.batch.store import Store
from grader.errors import GraderError
from grader.evidence import ids
from grader.labs.spec import LabSpec
from grader.marks.decisions import Given, settled
from grader.marks.rules import AllMarks, marked, marks_for, objection, parts, scoring
from grader.results.class_list import measured_of
from grader.text import counted, several
from grader.types import GradedQuestion, GradeItem, Report

NAMED = 5
LISTED = 20  # invalid marks in one message


def rescored(
    reports: Sequence[Report], lab: LabSpec, given: Given, graded_at: str
) -> tuple[Report, ...]:
    """Return the reports scored by `lab` at `graded_at`, with everything given so far."""
    by = scoring(lab, graded_at)
    return tuple(
        settled(marked(report, by, marks_for(report.submission, given.marks)), given)
        for report in reports
    )


def check_measured(reports: Sequence[Report], lab: LabSpec, store: Store) -> None:
    """Raise `GraderError` if `lab` needs measurements that are not in `store`.

    The measurements depend on the lab's layout, limits, network, runner and questions: a lab file
    that changes these needs a new grading of the class.
    """
    prints = {
        report.submission.id: _fingerprint(report, lab)
        for report in reports
        if report.measurement(ids.CHOICE) is None
    }
    found = store.known(prints.values())
    lacking = [student for student, print_ in prints.items() if print_ not in found]
    if lacking:
        raise GraderError(
            counted(
                len(lacking),
                "This lab file needs measurements that {students} does not have.",
                "This lab file needs measurements that {students} do not have.",
                students=several(lacking, NAMED),
            ),
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
        if part not in marks_for(report.submission, marks)
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
    for id, mark in marks_for(report.submission, marks).items():
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


def _fingerprint(report: Report, lab: LabSpec) -> str:
    return fingerprint_of(report.submission.sha256, lab, measured_of(report).setup)
