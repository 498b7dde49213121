"""Scores a measured class with everything that people gave it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from grader.evaluators.conditions import Conditions
from grader.marks.decisions import Given, settled
from grader.marks.rules import marks_for
from grader.pipeline import report_of
from grader.types import Measured, Report

NOTHING = Given()


def reports_of(
    class_: Sequence[Measured], conditions: Conditions, given: Given = NOTHING
) -> tuple[Report, ...]:
    """Return the report of every hand-in of a class, scored now with all its marks."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return tuple(
        settled(report_of(each, conditions, now, marks_for(each.submission, given.marks)), given)
        for each in class_
    )
