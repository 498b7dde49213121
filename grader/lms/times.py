"""The submission time of each hand-in, from a sheet (`--submitted-at FILE.csv`)."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from grader.lms.columns import read_people
from grader.lms.people import Index, people_of
from grader.text import shown
from grader.types import Arrival

# The formats of LMSs in English. 04/05/2024 is not read: day and month are ambiguous.
FORMS = (
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S UTC",
    "%A, %d %B %Y, %I:%M %p",
    "%A, %d %B %Y, %H:%M",
    "%d %B %Y, %I:%M %p",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
)
OF_DAY = re.compile(r"\d:\d\d|T\d{4}")  # a date without a time is not read
NONE = frozenset({"", "-", "–"})  # noqa: RUF001 - as a spreadsheet writes it
FIRST, LAST = 2000, 2100  # years; a time outside is a mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The times of a sheet; `unread` has a message for each time that cannot be read."""

    path: Path
    index: Index
    moments: tuple[str | None, ...]
    unread: tuple[str, ...]

    def of(self, student: str, handed_in: Arrival | None) -> Arrival:
        """Return `handed_in` with the sheet's time, which replaces the LMS's own.

        If neither has a time, `submitted_at` is None.
        """
        known = handed_in or Arrival()
        row = self.index.find(people_of(student, known)[0]).row
        moment = None if row is None else self.moments[row]
        return replace(known, submitted_at=moment) if moment else known

    def unknown(self, hand_ins: Sequence[tuple[str, Arrival | None]]) -> tuple[str, ...]:
        """Return a message for the hand-ins without a time, with the reason if there is one."""
        lines, without = [], []
        for student, who in hand_ins:
            match = self.index.find(people_of(student, who)[0])
            if match.note:
                lines.append(f"{self.path}: {match.note}")
            if match.why:
                lines.append(f"{student} has no time from {self.path}: {match.why}.")
            elif self.of(student, who).submitted_at is None:
                without.append(student)
        if without:
            listed = "; ".join(map(shown, without))
            lines.append(f"Time unknown, not counted as late ({len(without)}): {listed}.")
        return tuple(lines)


def read_times(path: Path, zone: str) -> Times:
    """Read the times in the sheet at `path`; those without an offset are local in `zone`.

    Raises `GraderError` as `read_people` does.
    """
    sheet = read_people(path, also=("time",))
    sheet.check_distinct()
    moments: list[str | None] = []
    unread = []
    for row in sheet.rows:
        cell = row.cells["time"]
        moment = None if cell in NONE else parse_time(cell, zone)
        moments.append(moment)
        if moment is None and cell not in NONE:
            unread.append(
                f"{path}, line {row.line}: “{cell[:60]}” is not a time like 2024-04-04 23:55; the "
                f"time of {row.person} is unknown."
            )
    return Times(
        path=path,
        index=Index.of([row.person for row in sheet.rows]),
        moments=tuple(moments),
        unread=tuple(unread),
    )


def parse_time(cell: str, zone: str) -> str | None:
    """Return the time in ISO 8601 with its offset, or None if it cannot be read."""
    moment = _read(" ".join(cell.split())) if OF_DAY.search(cell) else None
    if moment is None or not FIRST <= moment.year < LAST:
        return None
    if moment.tzinfo is None:  # if the clock shows the time twice, the earlier one
        moment = moment.replace(tzinfo=ZoneInfo("UTC" if cell.endswith("UTC") else zone))
    return moment.isoformat()


def _read(cell: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(cell)
    for form in FORMS:
        with suppress(ValueError):
            return datetime.strptime(cell, form)
    return None
