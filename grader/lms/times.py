"""When each hand-in came, from a sheet: `--submitted-at FILE.csv`."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from grader.intake.names import shown
from grader.lms.columns import read_people
from grader.lms.people import Index, people_of
from grader.types import Arrival

# As LMSs write times in English; day and month in figures alone could be either, and are not read.
FORMS = (
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S UTC",
    "%A, %d %B %Y, %I:%M %p",
    "%A, %d %B %Y, %H:%M",
    "%d %B %Y, %I:%M %p",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
)
OF_DAY = re.compile(r"\d:\d\d|T\d{4}")  # a date alone says nothing of when on that day
NONE = frozenset({"", "-", "–"})  # noqa: RUF001 - as a spreadsheet writes it
FIRST, LAST = 2000, 2100  # years; what lies outside was not meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The sheet's times; `unread` says which lines have one that cannot be read."""

    path: Path
    index: Index
    moments: tuple[str | None, ...]
    unread: tuple[str, ...]

    def of(self, student: str, handed_in: Arrival | None) -> Arrival:
        """`handed_in` with the sheet's time, which counts before the LMS's own.

        Where neither has one it is unknown: `submitted_at` is None.
        """
        known = handed_in or Arrival()
        row = self.index.find(people_of(student, known)[0]).row
        moment = None if row is None else self.moments[row]
        return replace(known, submitted_at=moment) if moment else known

    def unknown(self, hand_ins: Sequence[tuple[str, Arrival | None]]) -> tuple[str, ...]:
        """In sentences, the hand-ins whose time nobody says, and why the sheet does not."""
        lines, without = [], []
        for student, who in hand_ins:
            match = self.index.find(people_of(student, who)[0])
            if match.why:
                lines.append(f"{student} has no time from {self.path}: {match.why}.")
            elif self.of(student, who).submitted_at is None:
                without.append(student)
        if without:
            listed = "; ".join(map(shown, without))
            lines.append(f"Time unknown, never late ({len(without)}): {listed}.")
        return tuple(lines)


def read_times(path: Path, zone: str) -> Times:
    """The times in the sheet at `path`; those without an offset are local in `zone`.

    Raises `GraderError` as `read_people` does.
    """
    sheet = read_people(path, also=("time",))
    moments: list[str | None] = []
    unread = []
    for line, person, cell in sheet.rows:
        moment = None if cell in NONE else parse_time(cell, zone)
        moments.append(moment)
        if moment is None and cell not in NONE:
            unread.append(
                f"{path}, line {line}: “{cell[:60]}” is no time like 2024-04-04 23:55; {person}'s "
                "is unknown."
            )
    return Times(
        path=path,
        index=Index.of([person for _, person, _ in sheet.rows]),
        moments=tuple(moments),
        unread=tuple(unread),
    )


def parse_time(cell: str, zone: str) -> str | None:
    """ISO 8601 with an offset, or None for what cannot be read for certain."""
    moment = _read(" ".join(cell.split())) if OF_DAY.search(cell) else None
    if moment is None or not FIRST <= moment.year < LAST:
        return None
    if moment.tzinfo is None:  # of a time that the clock shows twice, the earlier
        moment = moment.replace(tzinfo=ZoneInfo("UTC" if cell.endswith("UTC") else zone))
    return moment.isoformat()


def _read(cell: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(cell)
    for form in FORMS:
        with suppress(ValueError):
            return datetime.strptime(cell, form)
    return None
