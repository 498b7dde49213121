"""Who is who: people of a sheet found again by what an LMS says of them, and never against it.

A student chooses what a file is called, an LMS knows who is logged in. So a hand-in is found by the
LMS's number, address or name first, by its file's name last, and by none of them where the row that
is found has another name, number or address.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.intake.names import same_on_some_system, shown
from grader.types import Arrival

CANVAS, MOODLE = "canvas", "moodle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One row's or one hand-in's person, by whatever is known of them.

    `lms` is whose number `lms_id` is: numbers of two LMSs are never compared.
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
    """The row of the row that is the person's; None, and `why` where rows speak against it."""

    row: int | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """People found again; a name that two of them have finds neither."""

    people: tuple[Person, ...]
    by_key: Mapping[tuple[str, ...], int]
    ambiguous: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, people: Sequence[Person]) -> "Index":
        """Of two people with one key the first is found, and none of two with one name."""
        by_key: dict[tuple[str, ...], int] = {}
        ambiguous = set()
        for row, person in enumerate(people):
            for key in keys(person):
                if key in by_key and key[0] == "name":
                    ambiguous.add(key)
                by_key.setdefault(key, row)
        return cls(people=tuple(people), by_key=by_key, ambiguous=frozenset(ambiguous))

    def find(self, person: Person) -> Match:
        """The row of `person`: by the surest thing known of both that nothing else contradicts."""
        why = ""
        for key in keys(person):
            row = self.by_key.get(key)
            if row is None or key in self.ambiguous:
                continue
            against = contradiction(person, self.people[row])
            if not against:
                return Match(row=row)
            why = why or f"{shown(str(key[-1]))} is {self.people[row]} there, but {against}"
        return Match(row=None, why=why)


def keys(person: Person) -> Iterator[tuple[str, ...]]:
    """What tells `person` from others, the surest first and what a file is called last."""
    if person.lms and person.lms_id:
        yield "lms_id", person.lms, same_on_some_system(person.lms_id.strip())
    if person.email:
        yield "email", same_on_some_system(person.email.strip())
    if person.name and name_key(person.name):
        yield "name", name_key(person.name)
    if person.id:
        yield "id", same_on_some_system(person.id.strip())


def contradiction(one: Person, other: Person) -> str:
    """What is known of a hand-in's person and a row's and differs, as the end of a sentence.

    Empty where nothing does.
    """
    comparable = one.lms is not None and one.lms == other.lms and one.lms_id and other.lms_id
    if comparable and one.lms_id != other.lms_id:
        return f"the numbers are {shown(one.lms_id or '')} and {shown(other.lms_id or '')}"
    if comparable and one.lms == CANVAS:
        return ""  # a user's own number; beside it the download has the name of a group, too
    emails = [same_on_some_system(each.strip()) for each in (one.email, other.email) if each]
    if len(set(emails)) > 1:
        return f"the addresses are {shown(one.email or '')} and {shown(other.email or '')}"
    if one.name and other.name and not same_name(other.name, one.name):
        return f"the names are {shown(one.name)} and {shown(other.name)}"
    return ""


def people_of(student: str | None, who: Arrival | None) -> tuple[Person, ...]:
    """Everybody whose hand-in it is: of a group each member, the one it is graded as first."""
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
    """Equal for `Doe, Jane` and `Jane Doe`, with or without the signs that an LMS leaves out."""
    return " ".join(sorted(words(name)))


def words(name: str) -> list[str]:
    """The name's words: letters and digits, other signs left out; a comma ends a word, too."""
    plain = same_on_some_system(name).replace(",", " ").replace("_", " ")
    kept = "".join(
        each
        if each.isalnum() or each.isspace() or unicodedata.category(each).startswith("M")
        else ""
        for each in plain
    )
    return kept.split()


def same_name(sheet: str, download: str) -> bool:
    """Whether two spellings are one name, as sheets and LMSs' downloads write it.

    Moodle leaves signs out of a file's name and puts a team's before it (`Team 1-Jane Doe`), Canvas
    writes the name for sorting without spaces (`doejane`), a sheet for sorting `Doe, Jane`.
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
