"""The roster of a class (`--roster FILE.csv`), and the students without a hand-in."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.lms.columns import read_people
from grader.lms.people import Index, Match, Person, people_of
from grader.text import inert
from grader.types import Arrival

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The people of a class, as in its sheet."""

    people: tuple[Person, ...]
    index: Index

    def find(self, student: str | None, who: Arrival) -> Match:
        """Find the row in `people` of the student of a hand-in; `student` is the file's name."""
        return self.index.find(people_of(student, who)[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """The people on the roster without a hand-in, and the ids of hand-ins not on the roster."""

    missing: tuple[Person, ...]
    strangers: tuple[str, ...]


def read_roster(path: Path) -> Roster:
    """Read the roster at `path`. Raises `GraderError` as `read_people` does."""
    sheet = read_people(path)
    people = tuple(person for _, person, _ in sheet.rows)
    return Roster(people=people, index=Index.of(people))


def attendance(roster: Roster, handed_in: Iterable[tuple[str, Arrival | None]]) -> Attendance:
    """Compare the roster with the hand-ins, each a student id and its arrival, if known.

    A hand-in of a group counts for every member.
    """
    seen: set[int] = set()
    strangers = []
    for student, who in handed_in:
        for each in people_of(student, who):
            row = roster.index.find(each).row
            if row is None:
                strangers.append(each.id or each.name or student)
            else:
                seen.add(row)
    missing = [each for row, each in enumerate(roster.people) if row not in seen]
    return Attendance(missing=tuple(missing), strangers=tuple(sorted(strangers)))


def render(found: Attendance) -> str:
    """Return JSON: `missing` are people with the fields of `Person`, `strangers` are ids."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "missing": [asdict(each) for each in found.missing],
        "strangers": list(found.strangers),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def parse(text: str) -> Attendance:
    """Parse the JSON that `render` wrote."""
    document = json.loads(text)
    return Attendance(
        missing=tuple(Person(**each) for each in document["missing"]),
        strangers=tuple(document["strangers"]),
    )


def said(found: Attendance) -> tuple[str, ...]:
    """Return the same as messages."""
    lines = []
    if found.missing:
        lines.append(f"No hand-in ({len(found.missing)}): {_listed(found.missing)}.")
    if found.strangers:
        lines.append(f"Not on the roster ({len(found.strangers)}): {_listed(found.strangers)}.")
    return tuple(lines)


def _listed(those: Iterable[object]) -> str:
    return "; ".join(inert(str(each)) for each in those)
