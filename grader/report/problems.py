"""What did not pass in a class, and why: equal reasons are one problem."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.report.class_row import ClassRow
from grader.types import Status

STUDENTS_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason for a failed check, and the students whose hand-ins have it.

    `count` is the number of all of these students, `more` the number of those not in `students`.
    """

    check: str
    status: Status
    reason: str
    count: int
    students: tuple[str, ...]
    more: int


def problems(rows: Sequence[ClassRow]) -> tuple[Problem, ...]:
    """Return the failures and errors, the most frequent first.

    Reasons that differ only in the student's id are the same problem.
    """
    found: defaultdict[tuple[str, Status, str], list[str]] = defaultdict(list)
    for row in rows:
        for each in row.report.measurements:
            if each.status in (Status.FAILED, Status.ERROR) and each.reason:
                reason = _of_anybody(each.reason, row.student)
                found[each.id, each.status, reason].append(row.student)
    commonest = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        Problem(
            check=check,
            status=status,
            reason=reason,
            count=len(students),
            students=tuple(students[:STUDENTS_NAMED]),
            more=max(0, len(students) - STUDENTS_NAMED),
        )
        for (check, status, reason), students in commonest
    )


def _of_anybody(reason: str, student: str) -> str:
    """Return the reason with `ID` in place of the student's id, where that is a whole word."""
    if not student:
        return reason
    return re.sub(rf"(?<!\w){re.escape(student)}(?!\w)", "ID", reason)
