"""Answers to mark, for the tests of marking."""

from grader.intake.person import person_with
from grader.marks.marking import Target
from grader.marks.rules import Part, Signature

ALICE = Signature(author="alice", at="2026-01-01T10:00:00+00:00")
BOB = Signature(author="bob", at="2026-01-01T11:00:00+00:00")
PART = Part(id="1.1", title="Question 1.1", item="part1", kind="text", possible=3, most=3)


def target(
    student: str = "B1", expected: int = 0, machine: float | None = None, part: Part = PART
) -> Target:
    """The answer of a student to a question of 3 points."""
    return Target(
        person=person_with(student), student=student, part=part, machine=machine, expected=expected
    )
