"""Choose the id that each student of a download is graded under; all ids are different."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.intake import safe_name
from grader.intake.names import same_on_some_system, without_suffix
from grader.labs.spec import LabSpec
from grader.lms.listing import StudentFiles
from grader.lms.people import Person, about_zeros, without_zeros
from grader.lms.roster import Roster
from grader.text import several, shown, visible

LONGEST = 100  # bytes of an id; leaves room for a suffix
LISTED = 8  # students in one note


def ids_of(
    students: Sequence[StudentFiles], lab: LabSpec, roster: Roster | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return a different id for each student, and notes for the user."""
    wanted, notes = [], []
    for student in students:
        id, note = _id(student, lab, roster)
        wanted.append(id)
        notes += [note] if note else []
    often = Counter(map(same_on_some_system, wanted))
    taken = set(often)
    ids = []
    shared: defaultdict[str, list[str]] = defaultdict(list)
    for student, id in zip(students, wanted, strict=True):
        if often[same_on_some_system(id)] == 1:
            ids.append(id)
            continue
        apart = f"{id}-{student.who.lms_id}"
        while same_on_some_system(apart) in taken:  # another student's file can have that name
            apart += f"-{student.who.lms_id}"
        taken.add(same_on_some_system(apart))
        ids.append(apart)
        who = student.who.name or "one of them"
        shared[same_on_some_system(id)].append(f"{who} is graded as {apart}")
    notes += [
        f"{len(people)} students would have the id {shown(id)}: "
        f"{several(map(shown, people), LISTED)}."
        for id, people in shared.items()
    ]
    return tuple(ids), tuple(notes)


def _id(student: StudentFiles, lab: LabSpec, roster: Roster | None) -> tuple[str, str]:
    """Return the roster's id, else the LMS's, else the name of the hand-in; and a note or ''.

    Where hand-ins are not called by ids, the name only helps to find the student in the roster. The
    name of the hand-in is not used if it is another student's id in the roster.
    """
    named, fallback, note = _named(student, lab), f"{student.who.lms}-{student.who.lms_id}", ""
    known = None
    if roster is not None:
        match = roster.find(student.student_id or named, student.who)
        known = None if match.row is None else roster.people[match.row].id
        other = roster.index.find(Person(id=named)).row
        mine = student.student_id or named
        if known and named and same_on_some_system(known) == same_on_some_system(named):
            known = named  # the notebook has the student's spelling, too
        elif known and mine and without_zeros(known) == without_zeros(mine) is not None:
            known = max(known, mine, key=len)
            note = about_zeros(mine, roster.people[match.row or 0].id or "")
        elif match.why or other not in {None, match.row}:
            graded_as = known or student.student_id or fallback
            why = match.why or f"the file's name is the id of {roster.people[other or 0]}"
            note = f"{student.who.name or fallback} is graded as {shown(graded_as)}: {why}."
            named = None
    own = named if lab.hand_in_files.names_are_ids else None
    id = visible((known or student.student_id or own or "").strip().lstrip(". ") or fallback)
    plain = all(char.isalnum() or char in " ._-+=@()~" for char in id)
    return id if plain and len(id.encode()) <= LONGEST else safe_name(id), note


def _named(student: StudentFiles, lab: LabSpec) -> str | None:
    """Return what the hand-in's own file is called, without the suffix; None if nothing is."""
    asked = lab.hand_in_files
    whole = student.whole(asked)
    if whole is not None and asked.is_alone(whole.name):
        return without_suffix(student.base(whole.name))
    named = [each.name for each in student.files if asked.names_student(each.name)]
    if len(named) != 1 or PurePosixPath(named[0]).name == lab.template_name:
        return None
    return PurePosixPath(student.base(named[0])).stem
