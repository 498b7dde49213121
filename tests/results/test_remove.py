"""One student taken out of a class."""

from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.lms.roster import read_roster
from grader.marks.of_nobody import marks_of_nobody
from grader.marks.rules import MARKS
from grader.marks.store import Marks
from grader.results.attendance import write_attendance
from grader.results.folder import DATABASE, PAGE
from grader.results.read import read_results
from grader.results.remove import remove_student
from grader.types import Mark
from tests.classes import graded
from tests.lms.people_sheets import sheet
from tests.report.examples import passed

CLASS = tuple(passed(student, 44.0, 9300, 0.4) for student in ("B1", "B2"))


@pytest.mark.parametrize("id", ["B1", "b1"])
def test_the_class_is_written_without_the_student(tmp_path: Path, id: str) -> None:
    """The copy has the student's files, and the measurements stay."""
    out = graded(tmp_path / "out", *CLASS)
    people = read_roster(sheet(tmp_path, "ID,Name\nB1,Jane\nB2,Li\n"))
    write_attendance([each.submission for each in CLASS], people, out)
    before = (out / DATABASE).read_bytes()
    copy, written = remove_student(id, out, None)
    assert [each.submission.id for each in written.reports] == ["B2"]
    assert [each.submission.id for each in read_results(out)] == ["B2"]
    assert not (out / "students" / "B1").exists()
    assert (copy / "students" / "B1" / "report.json").is_file()
    assert (out / DATABASE).read_bytes() == before
    assert "B1" in (out / PAGE).read_text(encoding="utf-8")  # among the missing


def test_the_students_marks_are_nobodys(tmp_path: Path) -> None:
    """They stay in the database and are listed."""
    out = graded(tmp_path / "out", *CLASS)
    mark = Mark(
        person="id:b1", student="B1", part="1.1", points=1.0, comment="", author="a", at="",
        version=1,
    )  # fmt: skip
    with Marks.open(out / MARKS) as marks:
        marks.save(mark, 0)
    _, written = remove_student("B1", out, None)
    (said,) = marks_of_nobody(written.given, [each.submission for each in written.reports])
    assert "B1, 1.1" in said


def test_nobody_else_is_removed(tmp_path: Path) -> None:
    """An id that is not in the class is an error, and nothing is written."""
    out = graded(tmp_path / "out", *CLASS)
    with pytest.raises(GraderError, match="B9"):
        remove_student("B9", out, None)
    assert read_results(out) == CLASS
