"""How many hand-ins of a class are marked, late, to review: one word for each count everywhere."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from grader.report.class_people import UNKNOWN, ClassPeople
from grader.report.class_row import ClassRow
from grader.types import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCounts:
    """The number of hand-ins by what is to do; one hand-in may be in several of these.

    All points of a `marked` one are decided, a person must still mark points of one `to_mark` and
    look at one `to_review`. `late` is None if no time is known, `absent` (students) None without a
    roster. `statuses` has each status that occurs, in a fixed order; every hand-in has one status.
    """

    hand_ins: int
    marked: int
    to_mark: int
    to_review: int
    late: int | None
    absent: int | None
    statuses: Mapping[str, int]

    @classmethod
    def of(cls, rows: Sequence[ClassRow], people: ClassPeople = UNKNOWN) -> Self:
        """Return the counts of a class."""
        grades = [row.report.grade for row in rows]
        known = {each.lateness.punctuality for each in grades if each.lateness} - {"unknown"}
        found = Counter(row.status for row in rows)
        return cls(
            hand_ins=len(rows),
            marked=sum(each.total is not None and not each.pending for each in grades),
            to_mark=sum(each.pending > 0 for each in grades),
            to_review=sum(each.needs_review for each in grades),
            late=sum(row.is_late for row in rows) if known else None,
            absent=None
            if people.absent is None
            else sum(not each.is_excused for each in people.absent),
            statuses={status.value: found[status] for status in Status if found[status]},
        )

    @property
    def by_word(self) -> dict[str, int]:
        """The counts by their words, without unknown ones."""
        found = {
            "hand-ins": self.hand_ins,
            "marked": self.marked,
            "to mark": self.to_mark,
            "to review": self.to_review,
            "late": self.late,
            "absent": self.absent,
        }
        return {word: many for word, many in found.items() if many is not None}
