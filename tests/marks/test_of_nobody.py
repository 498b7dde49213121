"""Marks of people who are not in the class."""

from pathlib import Path

from grader.marks.decisions import Given
from grader.marks.of_nobody import marks_of_nobody
from grader.types import Mark, Submission

HERE = Submission(id="B1", source=Path("B1.zip"), sha256="")


def mark(person: str, student: str, points: float | None = 1.0) -> Mark:
    """A mark of question 1.1."""
    return Mark(
        person=person, student=student, part="1.1", points=points, comment="", author="a",
        at="", version=1,
    )  # fmt: skip


def test_they_are_listed() -> None:
    """With the student's id and the part; withdrawn ones and those of the class are not."""
    marks = {
        "id:b1": {"1.1": mark("id:b1", "B1")},
        "canvas:9": {"1.1": mark("canvas:9", "B9")},
        "id:b8": {"1.1": mark("id:b8", "B8", None)},
    }
    (said,) = marks_of_nobody(Given(marks=marks), [HERE])
    assert "(1): B9, 1.1." in said
    assert marks_of_nobody(Given(marks={"id:b1": marks["id:b1"]}), [HERE]) == ()
