"""The roster of a class (`--roster FILE.csv`), and the students without a hand-in."""

import json
from collections import defaultdict
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
    """The people on the roster without a hand-in, and the ids of hand-ins not on the roster.

    `notes` say which hand-ins were found only without the leading zeros of their ids. `excused` are
    those of `missing` who need not hand in.
    """

    missing: tuple[Person, ...]
    strangers: tuple[str, ...]
    notes: tuple[str, ...] = ()
    excused: tuple[Person, ...] = ()


def read_roster(path: Path) -> Roster:
    """Read the roster at `path`. Raises `GraderError` as `read_people`, and for two rows of one."""
    sheet = read_people(path)
    sheet.check_distinct()
    people = tuple(row.person for row in sheet.rows)
    return Roster(people=people, index=Index.of(people))


def attendance(roster: Roster, handed_in: Iterable[tuple[str, Arrival | None]]) -> Attendance:
    """Compare the roster with the hand-ins, each a student id and its arrival, if known.

    A hand-in of a group counts for every member. Leading zeros do not count in an id if only one
    id in the sheet and one of the hand-ins are then the same; a note says so.
    """
    people = [(each, student) for student, who in handed_in for each in people_of(student, who)]
    matches = [roster.index.find(each) for each, _ in people]
    seen = {match.row for match in matches if not match.note}
    by_zeros: defaultdict[int | None, set[str | None]] = defaultdict(set)
    for (each, _), match in zip(people, matches, strict=True):
        if match.note and match.row not in seen:
            by_zeros[match.row].add(each.id)
    alone = {row for row, ids in by_zeros.items() if len(ids) == 1}
    strangers = [
        each.id or each.name or student
        for (each, student), match in zip(people, matches, strict=True)
        if match.row is None or (match.note and match.row not in alone)
    ]
    notes = {match.note for match in matches if match.note and match.row in alone}
    missing = [each for row, each in enumerate(roster.people) if row not in seen | alone]
    return Attendance(
        missing=tuple(missing), strangers=tuple(sorted(strangers)), notes=tuple(sorted(notes))
    )


def render(found: Attendance, roster: Roster) -> str:
    """Return JSON: `people` are all of the roster, `missing` those without a hand-in.

    `excused` are those of `missing` who need not hand in. All have the fields of `Person`.
    `strangers` are ids, `notes` are messages.
    """
    document = {
        "schema_version": SCHEMA_VERSION,
        "people": [asdict(each) for each in roster.people],
        "missing": [asdict(each) for each in found.missing],
        "strangers": list(found.strangers),
        "notes": list(found.notes),
        "excused": [asdict(each) for each in found.excused],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def parse(text: str) -> Attendance:
    """Parse the JSON that `render` wrote."""
    document = json.loads(text)
    return Attendance(
        missing=tuple(Person(**each) for each in document["missing"]),
        strangers=tuple(document["strangers"]),
        notes=tuple(document.get("notes", ())),  # older graders wrote none
        excused=tuple(Person(**each) for each in document.get("excused", ())),
    )


def parse_roster(text: str) -> Roster | None:
    """Parse the roster that `render` wrote; None if an older grader wrote none."""
    document = json.loads(text)
    if "people" not in document:
        return None
    people = tuple(Person(**each) for each in document["people"])
    return Roster(people=people, index=Index.of(people))


def said(found: Attendance) -> tuple[str, ...]:
    """Return the same as messages, without the people who are excused."""
    lines = [inert(note) for note in found.notes]
    missing = [each for each in found.missing if each not in found.excused]
    if missing:
        lines.append(f"No hand-in ({len(missing)}): {_listed(missing)}.")
    if found.strangers:
        lines.append(f"Not on the roster ({len(found.strangers)}): {_listed(found.strangers)}.")
    return tuple(lines)


def _listed(those: Iterable[object]) -> str:
    return "; ".join(inert(str(each)) for each in those)
