"""Read what students are allowed beyond the due date, from columns of a roster or of a sheet.

A cell of an extension has a number of days or a date; a cell of grace days has the budget of the
term; a cell of an excuse has any words but a no.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from grader.errors import GraderError
from grader.lms.columns import PeopleRow, read_people
from grader.lms.people import Person
from grader.lms.times import NONE, parse_time
from grader.text import shown

MOST_DAYS = 366
# The headers in a roster, which has other columns, too.
IN_ROSTER: Mapping[str, tuple[str, ...]] = {
    "days": ("extension", "extension days", "days of extension", "延期天數", "延長天數"),
    "until": ("extended to", "extended until", "extension to", "extension until", "延期至"),
    "grace": ("grace days", "grace budget", "grace", "late days", "寬限天數"),
    "excuse": ("excuse", "excused", "請假", "免交"),
}
# The headers in a sheet that is only about extensions.
IN_SHEET: Mapping[str, tuple[str, ...]] = {
    **IN_ROSTER,
    "days": (*IN_ROSTER["days"], "days", "天數"),
    "until": (*IN_ROSTER["until"], "until", "to", "new due date", "due date", "due", "日期"),
    "lab": ("lab", "assignment", "作業", "實驗"),
}
_NO = NONE | {"no", "n", "false", "none", "0", "nein", "non", "否", "無", "沒有"}
_DAYS = re.compile(r"(\d{1,4})(?:[.,]0+)? ?(?:d|days?|天|日)?", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """One line of a sheet: what a person is allowed in `lab`, or in every lab if that is empty.

    `until` is ISO 8601 with the UTC offset. `grace` are days for the term. `unread` are messages
    with the file and the line. The file is a roster or a sheet of extensions.
    """

    file: str
    is_roster: bool
    line: int
    person: Person
    lab: str = ""
    days: int = 0
    until: str | None = None
    grace: int = 0
    excused: bool = False
    unread: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The place of the line, for a message."""
        return f"{self.file}, line {self.line}"


def read_extensions(path: Path, zone: str) -> tuple[Allowance, ...]:
    """Read the sheet of extensions at `path`; its dates are local in `zone`.

    A person may have several lines. Raises `GraderError` as `read_people`, and if the sheet has no
    column about extensions.
    """
    sheet = read_people(path, more=IN_SHEET)
    if not sheet.columns & set(IN_ROSTER):
        raise GraderError(
            f"{path} has no column about extensions.",
            help="Name a column “Extension” (days or a date), “Grace days” or “Excuse” in the "
            "first line.",
        )
    return tuple(
        _allowance(row, path, zone, is_roster=False) for row in sheet.rows if _has_words(row)
    )


def read_roster_extensions(path: Path, zone: str) -> tuple[Allowance, ...]:
    """Read the same from the roster at `path`; most rosters have no such column."""
    rows = read_people(path, more=IN_ROSTER).rows
    return tuple(_allowance(row, path, zone, is_roster=True) for row in rows if _has_words(row))


def _has_words(row: PeopleRow) -> bool:
    """True if the row says something about an extension."""
    said = (text for name, text in row.cells.items() if name in IN_ROSTER)
    return any(text.casefold() not in NONE for text in said)


def _allowance(row: PeopleRow, path: Path, zone: str, *, is_roster: bool) -> Allowance:
    days, until, unread = 0, None, []
    for name in ("days", "until"):
        cell = row.cells.get(name, "")
        read = _extension(cell, zone)
        if read is None:
            unread.append(
                f"{path}, line {row.line}: “{shown(cell)}” is neither a number of days from 0 to "
                f"{MOST_DAYS} nor a date like 2024-04-08 or 2024-04-08 12:00"
            )
            continue
        days = max(days, read[0])
        until = latest(until, read[1])
    cell = row.cells.get("grace", "")
    grace = _number(cell)
    if grace is None:
        unread.append(
            f"{path}, line {row.line}: “{shown(cell)}” is not a number of grace days from 0 to "
            f"{MOST_DAYS}"
        )
    return Allowance(
        file=str(path),
        is_roster=is_roster,
        line=row.line,
        person=row.person,
        lab=row.cells.get("lab", ""),
        days=days,
        until=until,
        grace=grace or 0,
        excused=row.cells.get("excuse", "").casefold() not in _NO,
        unread=tuple(unread),
    )


def _extension(cell: str, zone: str) -> tuple[int, str | None] | None:
    """Return the days or the date in a cell of either column; None if it has neither."""
    days = _number(cell)
    if days is not None:
        return days, None
    moment = parse_time(cell, zone) or _end_of_date(cell, zone)
    return None if moment is None else (0, moment)


def _number(cell: str) -> int | None:
    if cell in NONE:
        return 0
    found = _DAYS.fullmatch(cell)
    days = int(found[1]) if found else MOST_DAYS + 1
    return days if days <= MOST_DAYS else None


def _end_of_date(cell: str, zone: str) -> str | None:
    """Return the last second of the date in a cell, None if there is none."""
    found = _DATE.fullmatch(cell)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:  # 2024-02-30
        return None
    return None if day is None else parse_time(f"{day.isoformat()} 23:59:59", zone)


def latest(*moments: str | None) -> str | None:
    """Return the latest of moments in ISO 8601; None if there is none."""
    known = [each for each in moments if each is not None]
    return max(known, key=datetime.fromisoformat, default=None)
