"""Marks that count for nobody: their person is not in the class."""

from collections.abc import Iterable

from grader.intake.person import person_of
from grader.marks.decisions import Given
from grader.text import several, shown, storable
from grader.types import Submission

LISTED = 20


def marks_of_nobody(given: Given, class_: Iterable[Submission]) -> tuple[str, ...]:
    """Return a message with the student ids and parts of the marks whose person is not in `class_`.

    Empty if there are no such marks. Withdrawn marks do not count.
    """
    people = {storable(person_of(each)) for each in class_}
    lost = sorted(
        (mark.student, part)
        for person, marks in given.marks.items()
        if person not in people
        for part, mark in marks.items()
        if mark.points is not None
    )
    if not lost:
        return ()
    named = several((f"{shown(student)}, {part}" for student, part in lost), LISTED, "; ")
    return (f"Marks of people who are not in this class ({len(lost)}): {named}.",)
