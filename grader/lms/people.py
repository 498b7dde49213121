"""Find the row of a person in a sheet by the LMS's number, email address, name or id.

A student chooses the names of files, but the LMS knows who is logged in. So the LMS's number, email
address and name come first and the file's name last. A row with another number, email address or
name is never a match.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.intake.names import same_on_some_system
from grader.text import shown
from grader.types import Arrival

CANVAS, MOODLE = "canvas", "moodle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The person of a row or of a hand-in; a field is None if it is unknown.

    `lms` is the LMS that gave the number `lms_id`: numbers of two LMSs are never compared.
    """

    id: str | None = None
    lms: str | None = None
    lms_id: str | None = None
    name: str | None = None
    email: str | None = None

    def __str__(self) -> str:
        known = [each for each in (self.id, self.name, self.email, self.lms_id) if each]
        return shown(", ".join(known[:2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The index of the person's row; or None, and in `why` the contradiction, if any.

    `note` says so if the ids are the same only without their leading zeros.
    """

    row: int | None
    why: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index of people by key; a name that two of them share is not used.

    `by_number` has the rows by their id without leading zeros, which spreadsheets remove.
    """

    people: tuple[Person, ...]
    by_key: Mapping[tuple[str, ...], int]
    ambiguous: frozenset[tuple[str, ...]]
    by_number: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, people: Sequence[Person]) -> "Index":
        """Index `people`: of two with the same key the first is found, of two with a name none."""
        by_key: dict[tuple[str, ...], int] = {}
        by_number: defaultdict[str, list[int]] = defaultdict(list)
        ambiguous = set()
        for row, person in enumerate(people):
            if (number := without_zeros(person.id)) is not None:
                by_number[number].append(row)
            for key in keys(person):
                if key in by_key and key[0] == "name":
                    ambiguous.add(key)
                by_key.setdefault(key, row)
        return cls(
            people=tuple(people),
            by_key=by_key,
            ambiguous=frozenset(ambiguous),
            by_number=dict(by_number),
        )

    def find(self, person: Person) -> Match:
        """Find the row of `person` by the most reliable key that nothing else contradicts."""
        why = ""
        for key in keys(person):
            row = self.by_key.get(key)
            if row is None or key in self.ambiguous:
                continue
            against = contradiction(person, self.people[row])
            if not against:
                return Match(row=row)
            why = why or f"{shown(str(key[-1]))} belongs to {self.people[row]}, but {against}"
        return Match(row=None, why=why) if why else self._without_zeros(person)

    def _without_zeros(self, person: Person) -> Match:
        """Find the only row whose id is the person's if leading zeros do not count."""
        rows = self.by_number.get(without_zeros(person.id) or "", ())
        if len(rows) != 1:
            return Match(row=None)
        (row,) = rows
        other = self.people[row]
        against = contradiction(person, other)
        if against:
            return Match(row=None, why=f"{shown(str(person.id))} is like {other}, but {against}")
        return Match(row=row, note=about_zeros(str(person.id), str(other.id)))


def without_zeros(id: str | None) -> str | None:
    """Return a number without its leading zeros; None if `id` is no number."""
    number = (id or "").strip()
    return number.lstrip("0") or "0" if number.isascii() and number.isdigit() else None


def about_zeros(id: str, listed: str) -> str:
    """Return the note that `id` is taken for the id `listed` in a sheet."""
    return (
        f"{shown(id)} is taken for {shown(listed)} in the sheet: one of them has lost its leading "
        "zeros."
    )


def keys(person: Person) -> Iterator[tuple[str, ...]]:
    """Yield the keys of `person`, the most reliable first and the file's name last."""
    if person.lms and person.lms_id:
        yield "lms_id", person.lms, same_on_some_system(person.lms_id.strip())
    if person.email:
        yield "email", same_on_some_system(person.email.strip())
    if person.name and name_key(person.name):
        yield "name", name_key(person.name)
    if person.id:
        yield "id", same_on_some_system(person.id.strip())


def contradiction(one: Person, other: Person) -> str:
    """Return the field in which two people differ, as a clause for a message; empty if none.

    `one` is the person of a hand-in, `other` that of a row.
    """
    comparable = one.lms is not None and one.lms == other.lms and one.lms_id and other.lms_id
    if comparable and one.lms_id != other.lms_id:
        return f"the numbers are {shown(one.lms_id or '')} and {shown(other.lms_id or '')}"
    if comparable and one.lms == CANVAS:
        return ""  # unique per user; the name in the download can be that of a group
    emails = [same_on_some_system(each.strip()) for each in (one.email, other.email) if each]
    if len(set(emails)) > 1:
        return f"the email addresses are {shown(one.email or '')} and {shown(other.email or '')}"
    if one.name and other.name and not same_name(other.name, one.name):
        return f"the names are {shown(one.name)} and {shown(other.name)}"
    return ""


def people_of(student: str | None, who: Arrival | None) -> tuple[Person, ...]:
    """Return the people of a hand-in: the one it is graded as, then the others of a group."""
    if who is None:
        return (Person(id=student),)
    if not who.members:
        known = Person(id=student, lms=who.lms, lms_id=who.lms_id, name=who.name, email=who.email)
        return (known,)
    ids = (student, *(each.id for each in who.members[1:]))
    return tuple(
        Person(id=id, name=each.name, email=each.email)
        for id, each in zip(ids, who.members, strict=True)
    )


def name_key(name: str) -> str:
    """Return a key that is equal for `Doe, Jane` and `Jane Doe`, without punctuation."""
    return " ".join(sorted(words(name)))


def words(name: str) -> list[str]:
    """Return the words of a name, letters and digits only; a comma or `_` separates words."""
    plain = same_on_some_system(name).replace(",", " ").replace("_", " ")
    kept = "".join(
        each
        if each.isalnum() or each.isspace() or unicodedata.category(each).startswith("M")
        else ""
        for each in plain
    )
    return kept.split()


def same_name(sheet: str, download: str) -> bool:
    """True if the names in a sheet and in a download are two spellings of the same name.

    Moodle removes punctuation from a name and puts a team's name before it (`Team 1-Jane Doe`),
    Canvas writes `doejane`, a sheet can have `Doe, Jane`.
    """
    wanted = words(sheet)
    without_team = (download[found.end() :] for found in re.finditer("-", download))
    return any(_equal(wanted, words(each)) for each in (download, *without_team))


def _equal(one: list[str], other: list[str]) -> bool:
    if 1 in {len(one), len(other)} and one and other:
        return _turned(one) & _turned(other) != set()
    return sorted(one) == sorted(other)


def _turned(name: list[str]) -> set[str]:
    return {"".join(name[at:] + name[:at]) for at in range(len(name))}
