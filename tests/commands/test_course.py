"""`grader course check` and `grader course totals`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import app
from grader.course.course import Course
from grader.errors import GraderError
from grader.review.classroom import open_classroom
from tests.course.courses import COURSE, course_in, grade_class, handed_in, lab_of


def course(*arguments: str) -> Result:
    """The end of the command."""
    return CliRunner().invoke(app, ["course", *arguments])


@pytest.fixture
def graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course in the current folder, with one graded lab of two."""
    found = course_in(tmp_path, roster="B1,Jane Doe,,,\nB2,李小龍,,,\n")
    grade_class(found, "lab1", [handed_in(lab_of(found, "lab1"), "B1")])
    monkeypatch.chdir(tmp_path)
    return found


def test_check_shows_the_labs(graded: Course) -> None:
    """As a table, or as JSON."""
    assert graded.title in course("check").output
    labs = json.loads(course("check", "--json").stdout)["labs"]
    assert [each["graded"] for each in labs] == [True, False]


def test_check_lists_all_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Line by line, and exits with 2; other commands stop there with the same faults."""
    (tmp_path / "course.toml").write_text(COURSE.replace("Asia/Taipei", "Asia/Taibei"))
    monkeypatch.chdir(tmp_path)
    ended = course("check")
    assert ended.exit_code == 2
    assert "Taibei" in ended.output
    assert "one.toml" in ended.output
    assert "two.toml" in ended.output
    other = CliRunner().invoke(app, ["leaderboard"])
    assert isinstance(other.exception, GraderError)
    assert "Taibei" in str(other.exception)


def test_totals_with_the_marks_given_so_far(graded: Course) -> None:
    """They are in the database, also if the files are older; both files and the table have them."""
    lab = lab_of(graded, "lab1")
    before = json.loads(course("totals", "--json").stdout)["students"]
    with open_classroom(lab.results, None, None) as classroom:
        part = next(each for each in lab.spec.questions)
        line = f"B1,{part.id},{part.points},,0"
        assert classroom.import_sheet(f"student,part,points,comment,version\n{line}\n", "a")
    ended = course("totals")
    assert ended.exit_code == 0, ended.output
    assert "lab2" in ended.output
    after = json.loads(course("totals", "--json").stdout)["students"]
    assert [each["student"] for each in after] == ["B1", "B2"]
    assert after[0]["total"] == pytest.approx(before[0]["total"] + part.points)
    assert after[0]["final"] is False
    assert after[1]["labs"]["lab1"]["state"] == "absent"
    assert f"{after[0]['total']:.4f}" in (graded.folder / "totals.csv").read_text("utf-8-sig")
    assert "李小龍" in (graded.folder / "totals.html").read_text("utf-8")


def test_totals_elsewhere(graded: Course, tmp_path: Path) -> None:
    """In another folder, also from below the course's."""
    to = tmp_path / "out"
    assert course("totals", "--to", str(to)).exit_code == 0
    assert (to / "totals.csv").is_file()
    assert not (graded.folder / "totals.csv").exists()


def test_without_a_course_or_results_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, no traceback."""
    monkeypatch.chdir(tmp_path)
    for command in ("check", "totals"):
        assert "grader init" in str(getattr(course(command).exception, "help", ""))
    course_in(tmp_path)
    assert "grader grade" in str(getattr(course("totals").exception, "help", ""))
