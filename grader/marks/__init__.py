"""What people gave: marks with their history, the sheet, and what they do to a report."""

from grader.marks.rules import Part, machine_points, marked, objection, parts
from grader.marks.store import (
    MARKS,
    AllHistories,
    AllMarks,
    Conflict,
    Marks,
    all_marks,
    marks_for,
    marks_of_class,
)

__all__ = [
    "MARKS",
    "AllHistories",
    "AllMarks",
    "Conflict",
    "Marks",
    "Part",
    "all_marks",
    "machine_points",
    "marked",
    "marks_for",
    "marks_of_class",
    "objection",
    "parts",
]
