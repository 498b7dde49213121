"""The extensions of a class: which student has which, and what is left of the grace days."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

from grader.intake.names import same_on_some_system
from grader.lms.extension_sheet import Allowance, latest
from grader.lms.people import Index, Person, people_of
from grader.text import inert, shown
from grader.types import Arrival, Extension, Submission

SCHEMA_VERSION = 1
NOTHING: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """What the people in sheets are allowed; `index` has them in the order of `allowed`.

    A person can have several lines: of all that are for a lab, the most generous counts.
    """

    allowed: tuple[tuple[Allowance, ...], ...]
    index: Index

    @classmethod
    def of(cls, allowances: Iterable[Allowance]) -> "Extensions":
        """Return the extensions with the lines of each person together."""
        groups: dict[tuple[str, ...], list[Allowance]] = {}
        for each in allowances:
            groups.setdefault(_same_person(each.person), []).append(each)
        people = [_joined(each.person for each in lines) for lines in groups.values()]
        return cls(allowed=tuple(map(tuple, groups.values())), index=Index.of(people))

    @property
    def lines(self) -> tuple[Allowance, ...]:
        """All lines, person by person."""
        return tuple(each for lines in self.allowed for each in lines)

    def row(self, student: str | None, who: Arrival | None) -> int | None:
        """Return the number of the person of a hand-in, of a group the first that is listed."""
        found = (self.index.find(each).row for each in people_of(student, who))
        return next((row for row in found if row is not None), None)

    def extension(
        self, row: int | None, lab: Collection[str], spent: Mapping[int, int] = NOTHING
    ) -> Extension | None:
        """Return what person `row` is allowed in the lab with the names `lab`; None for nothing.

        `spent` are the grace days that earlier labs used, by row.
        """
        if row is None:
            return None
        mine = self.allowed[row]
        here = [each for each in mine if is_for(each, lab)]
        unread = [text for each in here for text in each.unread]
        budget = max(each.grace for each in mine)
        found = Extension(
            days=max((each.days for each in here), default=0),
            until=latest(*(each.until for each in here)),
            grace_budget=budget,
            grace_left=max(budget - spent.get(row, 0), 0),
            excused=any(each.excused for each in here),
            unread="; ".join(unread) or None,
        )
        return None if found == Extension() else found

    def extended(
        self, submission: Submission, lab: Collection[str], spent: Mapping[int, int] = NOTHING
    ) -> Submission:
        """Return the hand-in with its student's extension in place of an earlier one.

        If nothing is known about how it came, its lateness is not judged, and it has no extension.
        """
        came = submission.handed_in
        if came is None:
            return submission
        extension = self.extension(self.row(submission.id, came), lab, spent)
        return replace(submission, handed_in=replace(came, extension=extension))

    def excused_without(
        self, roster: Iterable[Person], hand_ins: Iterable[Submission], lab: Collection[str]
    ) -> tuple[Person, ...]:
        """Return the people on the roster who are excused from the lab and handed in nothing."""
        came = {self.row(each.id, each.handed_in) for each in hand_ins}
        found = []
        for person in roster:
            row = self.index.find(person).row
            extension = self.extension(row, lab)
            if extension is not None and extension.excused and row not in came:
                found.append(person)
        return tuple(found)

    def notes(
        self, people: Iterable[Person], lab: Collection[str], others: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Return messages: what could not be read, whose lines and which labs are unknown.

        `people` are the class: its roster and its hand-ins. `others` are the names of the course's
        other labs.
        """
        matches = [self.index.find(each) for each in people]
        known = {match.row for match in matches}
        lines = [inert(f"{text}.") for each in self.lines for text in each.unread]
        lines += [inert(match.note) for match in matches if match.note]
        for row, mine in enumerate(self.allowed):
            if row not in known:
                places = "; ".join(each.place for each in mine)
                lines.append(inert(f"{places}: {mine[0].person} is not in this class."))
        for each in self.lines:
            if not is_for(each, {*lab, *others}):
                lines.append(
                    inert(f"{each.place}: there is no lab {shown(each.lab)}; the line is not used.")
                )
        return tuple(dict.fromkeys(lines))


def is_for(allowance: Allowance, lab: Collection[str]) -> bool:
    """True if the line is for the lab with these names, or for every lab."""
    names = {each.casefold() for each in lab}
    return not allowance.lab or allowance.lab.casefold() in names


def render(extensions: Extensions) -> str:
    """Return JSON with all lines, in their order by person."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "lines": [asdict(each) for each in extensions.lines],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def parse(text: str) -> Extensions:
    """Parse the JSON that `render` wrote. Raises `ValueError`, `LookupError` or `TypeError`."""
    lines = json.loads(text)["lines"]
    return Extensions.of(
        Allowance(**{**each, "person": Person(**each["person"]), "unread": tuple(each["unread"])})
        for each in lines
    )


def _same_person(person: Person) -> tuple[str, ...]:
    """Return a key that two lines of one person share."""
    for name in ("id", "email", "lms_id", "name"):
        value = getattr(person, name)
        if value:
            return name, same_on_some_system(value.strip())
    return ("nobody",)


def _joined(people: Iterable[Person]) -> Person:
    """Return one person with the first known value of each field."""
    lines = list(people)

    def first(name: str) -> str | None:
        return next((getattr(each, name) for each in lines if getattr(each, name)), None)

    return Person(
        id=first("id"),
        lms=first("lms"),
        lms_id=first("lms_id"),
        name=first("name"),
        email=first("email"),
    )
