"""A class that was measured, scored with its marks."""

from dataclasses import replace
from pathlib import Path

from grader.marks.decisions import Given
from grader.marks.rules import graded_part, parts
from grader.results.scored import reports_of
from grader.types import Mark
from tests.fake_stages import NOTHING, conditions


def test_each_student_is_scored_with_their_own_marks(tmp_path: Path) -> None:
    """Now, by the lab of the conditions, in the order of the class."""
    given = conditions(tmp_path)
    class_ = [
        replace(NOTHING, submission=replace(NOTHING.submission, id=id)) for id in ("B2", "B1")
    ]
    mark = Mark(
        person="id:b1",
        student="B1",
        part="1.1",
        points=1.5,
        comment="",
        author="a",
        at="",
        version=1,
    )
    reports = reports_of(class_, given, Given(marks={"id:b1": {"1.1": mark}}))
    part = next(each for each in parts(given.lab) if each.id == "1.1")
    assert [each.submission.id for each in reports] == ["B2", "B1"]
    assert [graded_part(each.grade, part).earned for each in reports] == [None, 1.5]
    assert {each.provenance.lab_sha256 for each in reports} == {given.lab.sha256}
    assert len({each.provenance.graded_at for each in reports}) == 1


def test_without_marks_every_persons_question_waits(tmp_path: Path) -> None:
    """Which is what is given where there is no database."""
    (report,) = reports_of([NOTHING], conditions(tmp_path))
    assert report.grade.pending > 0
    assert report.measurements == NOTHING.measurements
