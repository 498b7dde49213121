"""The totals of a term."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.course import Course
from grader.course.totals import Given, State, StudentTotal, Totals, totals
from grader.lms.extension_sheet import read_roster_extensions
from grader.lms.extensions import Extensions
from grader.lms.roster import read_roster
from grader.types import Report
from tests.course.courses import COURSE, course_in, handed_in, lab_of, scored

ROSTER = "B1,Jane Doe,,,\nB2,李小龍,,,ill\nB3,Ole Ås,,,\n"


def totals_of(course: Course, reports: Mapping[str, Sequence[Report]]) -> Totals:
    """The totals of these reports, by lab."""
    roster = read_roster(course.roster) if course.roster is not None else None
    lines = read_roster_extensions(course.roster, course.zone) if course.roster is not None else ()
    given = Given(reports=reports, roster=roster, extensions=Extensions.of(lines))
    return totals(course, given)


def whole(course: Course, id: str, student: str, points: float) -> Report:
    """A hand-in with that total; nothing is pending."""
    lab = lab_of(course, id)
    report = scored(lab, handed_in(lab, student), 0.0)
    return replace(report, grade=replace(report.grade, total=points))


def of(found: Totals, student: str) -> StudentTotal:
    """The total of one student."""
    (mine,) = [each for each in found.students if each.person.id == student]
    return mine


def states(student: StudentTotal) -> list[State]:
    """The student's state in each lab."""
    return [each.state for each in student.labs]


def test_labs_count_by_their_weights(tmp_path: Path) -> None:
    """80 of 100 with weight 1 and 40 of 100 with weight 3 are 50 of 100, and 25 of 50."""
    course = course_in(tmp_path)
    reports = {id: [whole(course, id, "B1", points)] for id, points in (("lab1", 80), ("lab2", 40))}
    mine = of(totals_of(course, reports), "B1")
    assert mine.total == pytest.approx(50.0)
    assert (mine.pending, mine.is_final) == (0.0, True)
    course = course_in(tmp_path, f"totals = {{ points = 50 }}\n{COURSE}")
    assert of(totals_of(course, reports), "B1").total == pytest.approx(25.0)


def test_the_best_labs_count_and_the_others_are_shown(tmp_path: Path) -> None:
    """Of two labs the better one."""
    course = course_in(tmp_path, f"totals = {{ best = 1 }}\n{COURSE}")
    reports = {id: [whole(course, id, "B1", points)] for id, points in (("lab1", 80), ("lab2", 40))}
    mine = of(totals_of(course, reports), "B1")
    assert mine.total == pytest.approx(80.0)
    assert [each.counts for each in mine.labs] == [True, False]
    assert mine.labs[1].points == 40


def test_absent_is_zero_and_excused_does_not_count(tmp_path: Path) -> None:
    """B2 is excused from a lab without a hand-in, but what B2 handed in counts."""
    course = course_in(tmp_path, roster=ROSTER)
    reports = {
        "lab1": [whole(course, "lab1", "B1", 80), whole(course, "lab1", "B2", 60)],
        "lab2": [whole(course, "lab2", "B1", 80)],
    }
    found = totals_of(course, reports)
    assert [each.person.id for each in found.students] == ["B1", "B2", "B3"]
    assert states(of(found, "B2")) == [State.GRADED, State.EXCUSED]
    assert of(found, "B2").total == pytest.approx(60.0)
    assert states(of(found, "B3")) == [State.ABSENT, State.ABSENT]
    assert (of(found, "B3").total, of(found, "B3").is_final) == (0.0, True)


def test_a_lab_that_is_not_graded_counts_for_nobody(tmp_path: Path) -> None:
    """The total is that of the labs so far."""
    course = course_in(tmp_path)
    found = totals_of(course, {"lab1": [whole(course, "lab1", "B1", 80)]})
    mine = of(found, "B1")
    assert states(mine) == [State.GRADED, State.UNGRADED]
    assert mine.total == pytest.approx(80.0)
    assert [each.id for each in found.graded] == ["lab1"]


def test_pending_points_mark_the_total(tmp_path: Path) -> None:
    """With the most that they can add to it."""
    course = course_in(tmp_path)
    report = handed_in(lab_of(course, "lab1"), "B1")
    assert report.grade.pending
    mine = of(totals_of(course, {"lab1": [report]}), "B1")
    assert not mine.is_final
    assert mine.total == pytest.approx(report.grade.total)
    assert mine.pending == pytest.approx(report.grade.pending)


def test_an_unknown_total_is_no_zero(tmp_path: Path) -> None:
    """After an error of the grader; the total of the term is unknown, too."""
    course = course_in(tmp_path)
    report = whole(course, "lab1", "B1", 80)
    lost = replace(report, grade=replace(report.grade, total=None))
    mine = of(totals_of(course, {"lab1": [lost], "lab2": [whole(course, "lab2", "B1", 9)]}), "B1")
    assert (mine.total, mine.is_final) == (None, False)
    assert mine.labs[0].state is State.UNKNOWN


def test_an_accuracy_on_a_sample_is_not_final(tmp_path: Path) -> None:
    """It is not the grade."""
    course = course_in(tmp_path)
    report = whole(course, "lab1", "B1", 80)
    sample = replace(report, grade=replace(report.grade, estimate=True))
    assert not of(totals_of(course, {"lab1": [sample]}), "B1").is_final


def test_students_in_some_labs_only(tmp_path: Path) -> None:
    """Who is not on the roster is shown below it, and has no hand-in in the other lab."""
    course = course_in(tmp_path, roster=ROSTER)
    reports = {
        "lab1": [whole(course, "lab1", "B9", 80)],
        "lab2": [whole(course, "lab2", "b1", 50)],
    }
    found = totals_of(course, reports)
    assert [each.person.id for each in found.students] == ["B1", "B2", "B3", "B9"]
    assert [each.is_on_roster for each in found.students] == [True, True, True, False]
    assert states(of(found, "B9")) == [State.GRADED, State.ABSENT]
    assert of(found, "B1").labs[1].points == 50
    assert any("B9" in note for note in found.notes)


def test_without_a_roster_hand_ins_are_matched_by_id(tmp_path: Path) -> None:
    """Without regard to case."""
    course = course_in(tmp_path)
    reports = {"lab1": [whole(course, "lab1", "B1", 80)], "lab2": [whole(course, "lab2", "b1", 40)]}
    (mine,) = totals_of(course, reports).students
    assert states(mine) == [State.GRADED, State.GRADED]


def test_two_hand_ins_of_one_student_need_a_person(tmp_path: Path) -> None:
    """None of the two is chosen by the grader."""
    course = course_in(tmp_path, roster="0123,Jane,,,\n")
    lab1 = [whole(course, "lab1", "0123", 80), whole(course, "lab1", "123", 10)]
    mine = of(totals_of(course, {"lab1": lab1}), "0123")
    assert mine.labs[0].state is State.UNKNOWN
    assert "123" in mine.labs[0].note
    assert mine.total is None


def test_every_member_of_a_group_has_its_points(tmp_path: Path) -> None:
    """Also who did not hand in."""
    course = course_in(tmp_path, roster=ROSTER)
    lab = lab_of(course, "lab1")
    found = totals_of(course, {"lab1": [handed_in(lab, "B1", group=["B3"])]})
    assert of(found, "B3").total == of(found, "B1").total
    assert of(found, "B3").labs[0].state is State.GRADED


def test_an_extension_for_nobody_in_the_course_is_shown(tmp_path: Path) -> None:
    """With its line."""
    course = course_in(tmp_path)
    sheet = tmp_path / "more.csv"
    sheet.write_text("ID,Extension\nB7,2\n", encoding="utf-8")
    lines = read_roster_extensions(sheet, course.zone)
    reports = {"lab1": [whole(course, "lab1", "B1", 80)]}
    found = totals(course, Given(reports=reports, roster=None, extensions=Extensions.of(lines)))
    assert any("line 2" in note and "B7" in note for note in found.notes)
