"""Extensions of a class: from its sheets, kept, and applied to a graded class."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import app
from grader.lms.extension_sheet import Allowance
from grader.lms.extensions import Extensions
from grader.lms.people import Person
from grader.results.kept_extensions import keep_extensions, kept_extensions
from grader.results.read import read_results
from grader.types import Report
from tests.course.courses import COURSE, course_in, grade_class, handed_in, lab_of

TWO_DAYS = "2024-04-06T12:00:00+08:00"
LATER = "2024-05-06T12:00:00+08:00"  # two days late in the second lab


def rescore(*arguments: object) -> Result:
    """The end of the command."""
    return CliRunner().invoke(app, ["rescore", *map(str, arguments), "--yes"])


def report_of(out: Path, student: str) -> Report:
    """The report in a results folder."""
    (found,) = [each for each in read_results(out) if each.submission.id == student]
    return found


def penalty(out: Path, student: str) -> float:
    """The penalty of a student, 0 if there is none."""
    late = report_of(out, student).grade.lateness
    assert late is not None
    return late.penalty or 0.0


def test_a_sheet_is_applied_to_a_graded_class(tmp_path: Path) -> None:
    """Without a course: whose points change is shown, and the sheet is kept."""
    course = course_in(tmp_path / "course")
    lab = lab_of(course, "lab1")
    grade_class(course, "lab1", [handed_in(lab, each, TWO_DAYS) for each in ("B1", "B2")])
    assert penalty(lab.results, "B1") == pytest.approx(penalty(lab.results, "B2"))
    sheet = tmp_path / "extensions.csv"
    sheet.write_text("ID,Days,Excuse\nB1,2,\nB7,,ill\n")
    ended = rescore(lab.results, "--extensions", sheet)
    assert ended.exit_code == 0, ended.output
    assert "B7" in ended.output
    assert penalty(lab.results, "B1") == 0
    assert penalty(lab.results, "B2") > 0
    kept = kept_extensions(lab.results)
    assert kept is not None
    assert {each.person.id for each in kept.lines} == {"B1", "B7"}
    again = rescore(lab.results, "--lab", lab.file)  # the kept ones hold
    assert again.exit_code == 0, again.output
    assert penalty(lab.results, "B1") == 0
    sheet.write_text("ID,Days\nB2,1\n")  # the sheet as it is now, not both
    assert rescore(lab.results, "--extensions", sheet).exit_code == 0
    assert penalty(lab.results, "B1") == pytest.approx(2 * penalty(lab.results, "B2"))


def test_grace_days_of_a_course_follow_the_due_dates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rescore of the first lab says that the second has other grace days now."""
    course = course_in(tmp_path, roster="B1,Jane,,3,\n")
    for id, at in (("lab1", TWO_DAYS), ("lab2", LATER)):
        grade_class(course, id, [handed_in(lab_of(course, id), "B1", at)])
    monkeypatch.chdir(tmp_path)
    first, second = (lab_of(course, id).results for id in ("lab1", "lab2"))
    ended = rescore("lab1")
    assert ended.exit_code == 0, ended.output
    assert penalty(first, "B1") == 0
    assert "grader rescore lab2" in ended.output
    ended = rescore("lab2")
    assert "grader rescore" not in ended.output
    late = report_of(second, "B1").grade.lateness
    assert late is not None
    assert (late.grace_used, late.days) == (1, 1)
    assert "left: 0 of 3" in late.text


def test_what_is_kept_holds_for_a_file_that_is_not_given(tmp_path: Path) -> None:
    """A roster without extensions takes back those of an earlier roster, not those of a sheet."""
    course = course_in(tmp_path)
    lab = lab_of(course, "lab1")
    grade_class(course, "lab1", [handed_in(lab, each, TWO_DAYS) for each in ("B1", "B2")])
    lines = [
        Allowance(file="r", is_roster=True, line=2, person=Person(id="B1"), days=2),
        Allowance(file="s", is_roster=False, line=2, person=Person(id="B2"), days=2),
    ]
    keep_extensions(Extensions.of(lines), lab.results)
    roster = tmp_path / "roster.csv"
    roster.write_text("ID\nB1\nB2\n")
    assert rescore(lab.results, "--roster", roster).exit_code == 0
    assert penalty(lab.results, "B1") > 0
    assert penalty(lab.results, "B2") == 0


def test_unreadable_and_unknown_lines_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With their lines; the student with an unreadable line needs review."""
    (tmp_path / "more.csv").write_text("ID,Lab,Days\nB1,lab1,soon\nB1,lab3,2\nB1,lab2,1\n")
    course = course_in(tmp_path, f'extensions = "more.csv"\n{COURSE}')
    lab = lab_of(course, "lab1")
    grade_class(course, "lab1", [handed_in(lab, "B1", TWO_DAYS)])
    monkeypatch.chdir(tmp_path)
    ended = rescore("lab1")
    assert "line 2" in ended.output
    assert "lab3" in ended.output
    assert "line 4" not in ended.output
    assert any("line 2" in why for why in report_of(lab.results, "B1").grade.review)


def test_a_lab_with_earlier_ones_that_are_not_graded_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only where somebody has grace days."""
    course = course_in(tmp_path, roster="B1,Jane,,3,\n")
    grade_class(course, "lab2", [handed_in(lab_of(course, "lab2"), "B1", LATER)])
    monkeypatch.chdir(tmp_path)
    assert "lab1 is due earlier" in rescore("lab2").output
    course_in(tmp_path, roster="B1,Jane,3,,\n")
    assert "lab1 is due earlier" not in rescore("lab2").output


def test_a_rescore_needs_something_new(tmp_path: Path) -> None:
    """A lab file, a roster or a sheet."""
    course = course_in(tmp_path)
    lab = lab_of(course, "lab1")
    grade_class(course, "lab1", [handed_in(lab, "B1", TWO_DAYS)])
    assert "--extensions" in str(getattr(rescore(lab.results).exception, "help", ""))
