"""roster.json: the people of a class, and those without a hand-in."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.lms import roster
from grader.lms.people import Person, people_of
from grader.lms.roster import Roster, parse_roster
from grader.report.class_people import Absent, ClassPeople, names_of_the_lms
from grader.results.folder import ROSTER, write_file
from grader.types import Report, Submission


def write_attendance(
    hand_ins: Sequence[Submission],
    people: Roster | None,
    out: Path,
    excused: tuple[Person, ...] = (),
) -> tuple[str, ...]:
    """Write the roster with its missing hand-ins, and return its messages.

    `excused` are people without a hand-in who need not hand in. Without a roster the file is
    deleted.
    """
    if people is None:
        (out / ROSTER).unlink(missing_ok=True)
        return ()
    found = roster.attendance(people, [(each.id, each.handed_in) for each in hand_ins])
    found = replace(found, excused=excused)
    write_file(out / ROSTER, roster.render(found, people))
    return roster.said(found)


def kept_roster(out: Path) -> Roster | None:
    """Return the roster that an earlier grading kept in `out`; None if there is none."""
    try:
        return parse_roster((out / ROSTER).read_text(encoding="utf-8"))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def people_of_class(reports: Sequence[Report], out: Path) -> ClassPeople:
    """Return the students' names, and who is absent by the roster that is kept in `out`.

    A name of the roster counts before that of the LMS.
    """
    names = names_of_the_lms(reports)
    people = kept_roster(out)
    if people is not None:
        listed = {each.submission.id: _listed(each.submission, people) for each in reports}
        names |= {student: name for student, name in listed.items() if name}
    return ClassPeople(names=names, absent=_absent(out))


def _listed(hand_in: Submission, people: Roster) -> str:
    """Return the names of the roster for a hand-in, of a group for all of its members."""
    rows = (people.index.find(each).row for each in people_of(hand_in.id, hand_in.handed_in))
    names = (people.people[row].name for row in rows if row is not None)
    return ", ".join(name for name in names if name)


def _absent(out: Path) -> tuple[Absent, ...] | None:
    """Return who is missing by the kept roster; None without a roster that can be read."""
    try:
        document = json.loads((out / ROSTER).read_text(encoding="utf-8"))
        missing = [Person(**each) for each in document["missing"]]
        excused = [Person(**each) for each in document.get("excused", ())]
        return tuple(_absent_one(each, each in excused) for each in missing)
    except (OSError, ValueError, LookupError, TypeError):
        return None


def kept_excused(out: Path) -> tuple[Person, ...]:
    """Return the people without a hand-in whom an earlier grading excused."""
    try:
        return roster.parse((out / ROSTER).read_text(encoding="utf-8")).excused
    except (OSError, ValueError, LookupError, TypeError):
        return ()


def _absent_one(person: Person, is_excused: bool) -> Absent:
    if person.id:
        name = person.name or person.email or ""
        return Absent(id=person.id, name=name, is_excused=is_excused)
    called = person.name or person.email or person.lms_id or "?"
    return Absent(id=called, is_excused=is_excused)
