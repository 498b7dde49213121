"""Grace days are used in the order of the due dates."""

from pathlib import Path

from grader.course.course import Course
from grader.course.grace import is_graded, outdated, spent_before
from grader.lms.extension_sheet import read_roster_extensions
from grader.lms.extensions import Extensions
from grader.results.read import read_results
from grader.types import Lateness, Report
from tests.course.courses import course_in, grade_class, handed_in, lab_of

TWO_DAYS = "2024-04-06T12:00:00+08:00"  # after the due date of the first lab
THREE_DAYS = "2024-05-07T12:00:00+08:00"  # after that of the second
BUDGETS = "B1,Jane,,4,\nB2,Li,,1,\nB3,Ole,,,\n"


def extensions_of(course: Course) -> Extensions:
    """The extensions of the roster."""
    assert course.roster is not None
    return Extensions.of(read_roster_extensions(course.roster, course.zone))


def late_by_student(course: Course, id: str) -> dict[str, Lateness]:
    """The lateness in the results of a lab."""
    reports = read_results(lab_of(course, id).results)
    found = {each.submission.id: each.grade.lateness for each in reports}
    return {student: late for student, late in found.items() if late is not None}


def class_of(course: Course, id: str, at: str) -> list[Report]:
    """Three students who handed in at the same time."""
    return [handed_in(lab_of(course, id), each, at) for each in ("B1", "B2", "B3")]


def test_a_later_lab_has_what_the_earlier_left(tmp_path: Path) -> None:
    """4 days: 2 in the first lab, 2 of 3 late days in the second, and one day costs 10 percent."""
    course = course_in(tmp_path, roster=BUDGETS)
    extensions = extensions_of(course)
    grade_class(course, "lab1", class_of(course, "lab1", TWO_DAYS), extensions)
    first = late_by_student(course, "lab1")
    assert {each: late.grace_used for each, late in first.items()} == {"B1": 2, "B2": 1, "B3": 0}
    grade_class(course, "lab2", class_of(course, "lab2", THREE_DAYS), extensions)
    second = late_by_student(course, "lab2")
    assert {each: late.grace_used for each, late in second.items()} == {"B1": 2, "B2": 0, "B3": 0}
    assert {each: late.days for each, late in second.items()} == {"B1": 1, "B2": 3, "B3": 3}
    assert "left: 0 of 4" in second["B1"].text
    assert list(outdated(course, extensions)) == []


def test_the_order_is_that_of_the_due_dates_not_of_grading(tmp_path: Path) -> None:
    """A lab that is graded first, but due later, is told that it has other grace days now."""
    course = course_in(tmp_path, roster=BUDGETS)
    extensions = extensions_of(course)
    assert spent_before(course, lab_of(course, "lab2"), extensions).ungraded == (
        lab_of(course, "lab1"),
    )
    grade_class(course, "lab2", class_of(course, "lab2", THREE_DAYS), extensions)
    assert late_by_student(course, "lab2")["B1"].grace_used == 3
    grade_class(course, "lab1", class_of(course, "lab1", TWO_DAYS), extensions)
    ((lab, students),) = outdated(course, extensions)
    assert (lab.id, students) == ("lab2", ("B1", "B2"))
    grade_class(course, "lab2", class_of(course, "lab2", THREE_DAYS), extensions)
    assert late_by_student(course, "lab2")["B1"].grace_used == 2
    assert list(outdated(course, extensions)) == []


def test_a_changed_roster_is_noticed(tmp_path: Path) -> None:
    """Also an extension that was taken back."""
    course = course_in(tmp_path, roster=BUDGETS)
    grade_class(course, "lab1", class_of(course, "lab1", TWO_DAYS), extensions_of(course))
    changed = course_in(tmp_path, roster="B1,Jane,,4,\nB2,Li,,,\nB3,Ole,2,,\n")
    ((lab, students),) = outdated(changed, extensions_of(changed))
    assert (lab.id, students) == ("lab1", ("B2", "B3"))


def test_a_lab_is_graded_once_it_has_results(tmp_path: Path) -> None:
    """An empty folder is not enough."""
    course = course_in(tmp_path)
    lab = lab_of(course, "lab1")
    lab.results.mkdir(parents=True)
    assert not is_graded(lab)
    grade_class(course, "lab1", [handed_in(lab, "B1")])
    assert is_graded(lab)
