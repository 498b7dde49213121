"""Read sheets of people: rosters and submission times, with columns found by their headers.

Nothing is guessed: two columns that fit equally well, and a person with two rows, are errors.
"""

import csv
import difflib
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from grader.errors import GraderError
from grader.lms.people import CANVAS, MOODLE, Person, keys
from grader.text import sentence, shown

# Names of headers, the most likely first: in English, and as local universities use them.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "student id",
        "student number",
        "id number",
        "sis user id",
        "sid",
        "學號",
        "matrikelnummer",
        "student",
        "id",
        "username",
        "sis login id",
        "login",
    ),
    "lms_id": ("identifier", "participant", "canvas id", "user id", "submission id"),
    "name": ("full name", "student name", "display name", "name", "姓名", "student"),
    "first": ("first name", "given name", "forename"),
    "last": ("last name", "surname", "family name"),
    "email": ("email address", "email", "e mail", "mail", "電子郵件"),
    "time": (
        "last modified submission",
        "submitted at",
        "submission time",
        "submission date",
        "submitted",
        "created at",
        "timestamp",
        "time",
        "繳交時間",
    ),
}
# In Canvas's gradebook “Student” is a name and “ID” the number that Canvas gives.
GRADEBOOK: Mapping[str, tuple[str, ...]] = {
    "id": ("sis user id", "sis login id"),
    "lms_id": ("id",),
    "name": ("student",),
    "email": HEADERS["email"],
    "time": HEADERS["time"],
}
# The LMS that gives the numbers in each column of `lms_id`.
LMS = {
    "identifier": MOODLE,
    "participant": MOODLE,
    "canvas id": CANVAS,
    "user id": CANVAS,
    "submission id": "gradescope",
}
EXACT = frozenset({"id", "lms_id"})  # else "submission time" would match "submission id"
ALIKE = 0.85  # difflib's ratio: "e mail address" matches "email address", "username" not "name"


NO_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleRow:
    """A row: its line number in the file, its person, and its other cells by column.

    The columns are `time`, if the sheet has it, and the further ones that were asked for.
    """

    line: int
    person: Person
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSheet:
    """The rows of a sheet, without empty ones and those of nobody; `columns` as in their cells."""

    path: Path
    columns: frozenset[str]
    rows: tuple[PeopleRow, ...]

    def check_distinct(self) -> None:
        """Raise `GraderError` if a person has two rows."""
        lines: dict[tuple[str, ...], int] = {}
        for row in self.rows:
            for key in keys(row.person):
                if key[0] != "name" and key in lines:
                    raise GraderError(
                        f"{self.path}: lines {lines[key]} and {row.line} are both "
                        f"{shown(key[-1])}.",
                        help="Remove one of the two lines.",
                    )
                lines[key] = row.line


def read_people(
    path: Path, also: Sequence[str] = (), more: Mapping[str, Sequence[str]] = NO_COLUMNS
) -> PeopleSheet:
    """Read the people of the sheet at `path`; `also` are further columns that it must have.

    `more` are columns that it can have, each with its headers; typos in them are read, too.
    Raises `GraderError` if the file is not a CSV sheet in UTF-8, and if a column is missing or
    there twice.
    """
    text = _text(path)
    lines = io.StringIO(text, newline="")
    header_line = lines.readline()
    lines.seek(0)
    delimiter = max(",;\t", key=header_line.count)
    try:
        header, *rows = csv.reader(lines, delimiter=delimiter, strict=True)
    except ValueError as error:
        raise GraderError(f"{path} is empty.") from error
    except csv.Error as error:
        raise GraderError(f"{path} is not a CSV sheet: {sentence(error)}") from error
    book = _is_gradebook(header)
    at = find_columns(path, header, GRADEBOOK if book else HEADERS)
    if "id" in at and at.get("name") == at["id"]:
        del at["name"]  # a column “Student” without another of ids has ids
    lms = CANVAS if book else None
    if "lms_id" in at:
        lms = lms or LMS[_plain(header[at["lms_id"]])]
        if not any(number_of(_cell(row, at["lms_id"]) or "") for row in rows):
            del at["lms_id"]  # words are login names, not numbers
    if not at.keys() & {"id", "lms_id", "email"}:
        raise GraderError(
            f"{path} has no column of ids or email addresses.",
            help="Name one column “Student ID” or “Email” in the first line.",
        )
    for name in also:
        if name not in at:
            raise GraderError(
                f"{path} has no column for the {name}.",
                help=f"Name one column “{HEADERS[name][1].capitalize()}” in the first line. For a "
                "sheet in another language, make a sheet of ids and times like 2024-04-04 23:55.",
            )
    at_more = {} if book else _further_columns(path, header, more, at.values())
    others = {name: column for name, column in (at | at_more).items() if name in {"time", *more}}
    found = [
        PeopleRow(
            line=number,
            person=_person(row, at, lms),
            cells={name: _cell(row, column) or "" for name, column in others.items()},
        )
        for number, row in enumerate(rows, start=2)
        if any(cell.strip() for cell in row)
        and not (book and number_of(_cell(row, at["lms_id"]) or "") is None)  # Points Possible
    ]
    return PeopleSheet(
        path=path,
        columns=frozenset(others),
        rows=tuple(each for each in found if any(True for _ in keys(each.person))),
    )


def _is_gradebook(header: Sequence[str]) -> bool:
    """True for Canvas's gradebook: its “Student” is a name, its “ID” a number of Canvas."""
    plain = [_plain(cell) for cell in header]
    return plain[:2] == ["student", "id"] and "section" in plain


def _further_columns(
    path: Path, header: Sequence[str], wanted: Mapping[str, Sequence[str]], taken: Collection[int]
) -> dict[str, int]:
    """Return the index of each wanted column that is not `taken`: the same header, or a typo of it.

    Raises `GraderError` if two headers fit.
    """
    plain = {at: _plain(cell) for at, cell in enumerate(header) if at not in taken}
    found: dict[str, int] = {}
    for name, aliases in wanted.items():
        same = [at for at, cell in plain.items() if cell in aliases]
        like = [
            at
            for at, cell in plain.items()
            if difflib.get_close_matches(cell, aliases, n=1, cutoff=ALIKE)
        ]
        fits = same or like
        if len(fits) > 1:
            both = " and ".join(shown(header[at].strip()) for at in fits[:2])
            raise GraderError(
                f"{path}: the columns {both} mean the same.", help="Remove or rename one of them."
            )
        if fits:
            found[name] = fits[0]
            del plain[fits[0]]
    return found


def find_columns(
    path: Path, header: Sequence[str], wanted: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """Return the index of each wanted column whose header, or a similar one, is in `header`.

    Raises `GraderError` if two headers fit a wanted column equally well.
    """
    plain = [_plain(cell) for cell in header]
    found: dict[str, int] = {}
    for name, aliases in wanted.items():
        for alias in aliases:
            same = [column for column, cell in enumerate(plain) if cell == alias]
            if len(same) > 1:
                raise GraderError(
                    f"{path} has {len(same)} columns named {shown(header[same[0]].strip())}.",
                    help="Remove or rename one of them.",
                )
            if same:
                found[name] = same[0]
                break
        else:
            if name in EXACT:
                continue
            free = [cell for column, cell in enumerate(plain) if column not in found.values()]
            near = [
                close
                for alias in aliases
                for close in difflib.get_close_matches(alias, free, n=1, cutoff=ALIKE)
            ]
            if near:
                found[name] = plain.index(near[0])
    return found


def number_of(identifier: str) -> str | None:
    """Return the number in `Participant 12345` (in any language) or `12345`, else None."""
    found = re.fullmatch(r"(?:[^\d\s]+ )?(\d+)", identifier.strip())
    return found[1] if found else None


def _person(row: Sequence[str], at: Mapping[str, int], lms: str | None) -> Person:
    first, last = _cell(row, at.get("first")), _cell(row, at.get("last"))
    apart = " ".join(filter(None, (first, last))) or None
    number = number_of(_cell(row, at.get("lms_id")) or "")
    return Person(
        id=_cell(row, at.get("id")),
        lms=lms if number else None,
        lms_id=number,
        name=_cell(row, at.get("name")) or apart,
        email=_cell(row, at.get("email")),
    )


def _cell(row: Sequence[str], column: int | None) -> str | None:
    if column is None or column >= len(row):
        return None
    return row[column].strip().removeprefix("'") or None  # ' marks a cell as text for spreadsheets


def _plain(header: str) -> str:
    return " ".join(re.sub(r"[^\w]|_", " ", header.casefold()).split())


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise GraderError(
            f"{path} is not UTF-8.", help="Save it from the spreadsheet as “CSV UTF-8”."
        ) from error
    except OSError as error:
        raise GraderError(f"{path} cannot be read: {error.strerror or error}.") from error
