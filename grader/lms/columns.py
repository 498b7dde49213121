"""Sheets about people: their columns found by what the headers are like, their rows by the person.

Nothing is guessed: a column that cannot be told from another, and a person who is there twice, are
errors that name the place.
"""

import csv
import difflib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import GraderError
from grader.intake.names import same_on_some_system, shown

# What headers are called, the likeliest first; in English, and as a university here has them.
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
    "lms_id": ("identifier", "participant", "canvas id", "user id", "submission id", "id"),
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
ALIKE = 0.85  # difflib's ratio; "studentid" and "student ids" are, "name" and "username" are not


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One row's or one hand-in's person, by whatever is known of them."""

    id: str | None = None
    lms_id: str | None = None
    name: str | None = None
    email: str | None = None

    def __str__(self) -> str:
        known = [each for each in (self.id, self.name, self.email, self.lms_id) if each]
        return shown(", ".join(known[:2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSheet:
    """A sheet's rows: the line in the file, the person, and the cell of the time, if any."""

    path: Path
    rows: tuple[tuple[int, Person, str], ...]


def read_people(path: Path, also: Sequence[str] = ()) -> PeopleSheet:
    """The people of the sheet at `path`; `also` are further columns that it must have.

    Raises `GraderError` for what is no sheet in UTF-8, for columns that are missing or there
    twice, and for a person who is there twice.
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
        raise GraderError(f"{path} is no sheet: {error}.") from error
    at = find_columns(path, header, HEADERS)
    if "id" in at and at.get("lms_id") == at["id"]:
        del at["lms_id"]
    if "id" in at and at.get("name") == at["id"]:
        del at["name"]  # a column “Student” alone is one of ids
    if not at.keys() & {"id", "lms_id", "email"}:
        raise GraderError(
            f"{path} has no column of ids or e-mail addresses.",
            help="Name one “Student ID” or “Email”; the header is the first line.",
        )
    for name in also:
        if name not in at:
            raise GraderError(
                f"{path} has no column for the {name}.",
                help=f"Name one “{HEADERS[name][1].capitalize()}”; the header is the first line.",
            )
    found = [
        (number, _person(row, at), _cell(row, at.get("time")) or "")
        for number, row in enumerate(rows, start=2)
        if any(cell.strip() for cell in row)
    ]
    sheet = PeopleSheet(path=path, rows=tuple(each for each in found if each[1] != Person()))
    Index.of(sheet)  # to say of duplicates
    return sheet


def find_columns(
    path: Path, header: Sequence[str], wanted: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """The place of each wanted column that is there, by the likeness of its header.

    Raises `GraderError` where two headers are equally like a wanted one.
    """
    plain = [_plain(cell) for cell in header]
    found: dict[str, int] = {}
    for name, aliases in wanted.items():
        for alias in aliases:
            same = [place for place, cell in enumerate(plain) if cell == alias]
            if len(same) > 1:
                raise GraderError(
                    f"{path} has {len(same)} columns called {shown(header[same[0]].strip())}.",
                    help="Keep the one that counts.",
                )
            if same:
                found[name] = same[0]
                break
        else:
            free = [cell for place, cell in enumerate(plain) if place not in found.values()]
            near = [
                close
                for alias in aliases
                for close in difflib.get_close_matches(alias, free, n=1, cutoff=ALIKE)
            ]
            if near:
                found[name] = plain.index(near[0])
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """People found again by id, LMS number, e-mail address, or a name that only one of them has."""

    by_key: Mapping[tuple[str, str], int]
    ambiguous: frozenset[str]

    @classmethod
    def of(cls, sheet: PeopleSheet) -> "Index":
        """Raises `GraderError` where two rows have one id, number or address."""
        by_key: dict[tuple[str, str], int] = {}
        lines: dict[tuple[str, str], int] = {}
        ambiguous: set[str] = set()
        for place, (line, person, _) in enumerate(sheet.rows):
            for key in keys(person):
                if key not in by_key:
                    by_key[key], lines[key] = place, line
                elif key[0] == "name":
                    ambiguous.add(key[1])
                else:
                    raise GraderError(
                        f"{sheet.path}: lines {lines[key]} and {line} are both {shown(key[1])}.",
                        help="Keep the one that counts.",
                    )
        return cls(by_key=by_key, ambiguous=frozenset(ambiguous))

    def find(self, person: Person) -> int | None:
        """The row of `person`: by the first thing known of both that says it."""
        for kind, key in keys(person):
            if (kind, key) in self.by_key and not (kind == "name" and key in self.ambiguous):
                return self.by_key[kind, key]
        return None


def keys(person: Person) -> Iterable[tuple[str, str]]:
    """What tells `person` from others, the surest first."""
    known = (("lms_id", person.lms_id), ("email", person.email), ("id", person.id))
    for kind, value in known:
        if value:
            yield kind, same_on_some_system(value.strip())
    if person.name:
        yield "name", name_key(person.name)


def name_key(name: str) -> str:
    """Equal for `Doe, Jane` and `Jane Doe`."""
    return " ".join(sorted(same_on_some_system(name).replace(",", " ").split()))


def number_of(identifier: str) -> str:
    """`Participant 12345`, in whatever language, as the number it ends with; else unchanged."""
    found = re.search(r"(\d+)\s*$", identifier)
    return found[1] if found else identifier.strip()


def _person(row: Sequence[str], at: Mapping[str, int]) -> Person:
    first, last = _cell(row, at.get("first")), _cell(row, at.get("last"))
    apart = " ".join(filter(None, (first, last))) or None
    identifier = _cell(row, at.get("lms_id"))
    return Person(
        id=_cell(row, at.get("id")),
        lms_id=number_of(identifier) if identifier else None,
        name=_cell(row, at.get("name")) or apart,
        email=_cell(row, at.get("email")),
    )


def _cell(row: Sequence[str], place: int | None) -> str | None:
    if place is None or place >= len(row):
        return None
    return row[place].strip().removeprefix("'") or None  # what keeps a spreadsheet from reckoning


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
