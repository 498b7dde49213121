"""Scores a measured class with its marks."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from grader.evaluators.conditions import Conditions
from grader.marks.rules import AllMarks, marks_for
from grader.pipeline import report_of
from grader.types import Measured, Report


def reports_of(
    class_: Sequence[Measured], conditions: Conditions, marks: AllMarks = MappingProxyType({})
) -> tuple[Report, ...]:
    """Return the reports of a class, scored now with all its marks."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return tuple(
        report_of(each, conditions, now, marks_for(each.submission.id, marks)) for each in class_
    )
