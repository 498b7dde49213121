"""The grace days of a term: each lab uses some, in the order of the due dates."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from grader.course.course import Course, CourseLab
from grader.lms.extensions import Extensions
from grader.results.folder import SHEET
from grader.results.read import read_results
from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """The grace days that labs used, by the row of the person in the extensions.

    `ungraded` are the labs that are due earlier and have no results yet.
    """

    by_row: Mapping[int, int]
    ungraded: tuple[CourseLab, ...] = ()


def is_graded(lab: CourseLab) -> bool:
    """True if the lab has results."""
    return (lab.results / SHEET).is_file()


def spent_before(course: Course, lab: CourseLab, extensions: Extensions) -> Spent:
    """Return the grace days that the labs with earlier due dates used.

    They are those in the results of these labs. Raises `GraderError` if they cannot be read.
    """
    in_order = course.by_deadline()
    earlier = in_order[: in_order.index(lab)]
    spent: dict[int, int] = {}
    for each in earlier:
        if is_graded(each):
            _add(spent, read_results(each.results), extensions)
    return Spent(by_row=spent, ungraded=tuple(each for each in earlier if not is_graded(each)))


def outdated(course: Course, extensions: Extensions) -> Iterator[tuple[CourseLab, tuple[str, ...]]]:
    """Yield each graded lab whose results have other extensions than the sheets, and its students.

    The order is that of the due dates: score the first lab again before the next one.
    """
    spent: dict[int, int] = {}
    for lab in course.by_deadline():
        if not is_graded(lab):
            continue
        reports = read_results(lab.results)
        students = tuple(
            each.submission.id
            for each in reports
            if each.submission != extensions.extended(each.submission, lab.names, spent)
        )
        if students:
            yield lab, students
        _add(spent, reports, extensions)


def _add(spent: dict[int, int], reports: Iterable[Report], extensions: Extensions) -> None:
    for each in reports:
        used = each.grade.lateness.grace_used if each.grade.lateness is not None else 0
        row = extensions.row(each.submission.id, each.submission.handed_in) if used else None
        if row is not None:
            spent[row] = spent.get(row, 0) + used
