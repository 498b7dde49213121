"""Read the names of Canvas's files in every way they can be read, and choose the way that fits.

A student chooses the name of the file, and often the display name: both can have `_1_2_` in them,
so that another student's number can be read. Which reading is right follows from the numbers of the
other files and of the roster.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from grader.intake.names import same_on_some_system
from grader.lms.people import CANVAS, Person
from grader.text import shown

ANONYMOUS = "anon"
LONGEST = 1024  # characters; Canvas cuts the name of a file at 255
FEW = 3  # files that no other file explains: fewer say nothing about the numbers of a class
NEAR = 2.0  # files of one assignment have attachment numbers within this factor
NUMBERS = re.compile(
    r"(?=_(?P<late>LATE_)?(?P<user>\d+)_(?:(?P<attachment>\d+)_(?P<file>[^/]+)"
    r"|(?P<typed>text\.html|link\.html))\Z)",
    re.DOTALL,
)
HIDDEN = re.compile(
    r"(?P<name>anon)_(?P<late>LATE_)?(?P<user>[0-9A-Za-z]{5})_"
    r"(?:(?P<attachment>\d+)_(?P<file>[^/]+)|(?P<typed>text\.html|link\.html))",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileName:
    """One way to read the name of a file: its student, and its name as handed in.

    `attachment` is the number of the file, None for a text that was typed into Canvas. `place` is
    the beginning of the name, with the user's number.
    """

    place: str
    name: str
    user: str
    late: bool
    attachment: int | None
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The reading that was chosen, and why a person must look at it; None if no other fits."""

    reading: FileName
    review: str | None = None


def readings(member: str) -> tuple[FileName, ...]:
    """Return all ways to read `member`, that with the shortest display name first."""
    hidden = HIDDEN.fullmatch(member)
    if hidden is not None:
        return (_file_name(hidden, ANONYMOUS),)
    if "/" in member or len(member) > LONGEST:
        return ()
    found = ((member[: at.start()], at) for at in NUMBERS.finditer(member))
    return tuple(
        _file_name(at, name)
        for name, at in found
        if not f"_{name}".endswith("_LATE")  # the word is Canvas's own
    )


def _file_name(found: re.Match[str], name: str) -> FileName:
    late = found["late"] or ""
    return FileName(
        place=f"{name}_{late}{found['user']}_",
        name=name,
        user=found["user"],
        late=bool(late),
        attachment=int(found["attachment"]) if found["attachment"] else None,
        file=found["typed"] or found["file"],
    )


def choose(members: Sequence[str], people: Sequence[Person]) -> dict[str, Chosen]:
    """Choose a reading for each of `members`; `people` are those of the roster, if there is one.

    A file with one reading that fits names its student's number and display name for the others,
    so that nobody is read as a student who is known under another name.
    """
    open_ = {member: readings(member) for member in members}
    certain = {member: found[0] for member, found in open_.items() if len(found) == 1}
    evidence = _Evidence.of(certain, open_, people)
    while settled := {
        member: fit[0]
        for member, found in open_.items()
        if member not in certain and len(fit := evidence.fitting(found)) == 1
    }:
        certain |= settled
        evidence = _Evidence.of(certain, open_, people)
    chosen = {member: Chosen(reading=reading) for member, reading in certain.items()}
    for member, found in open_.items():
        if member not in chosen:
            left = evidence.fitting(found)
            free = [each for each in left if each.user not in evidence.names]
            chosen[member] = Chosen(reading=(free or left)[0], review=_review(member, left))
    return chosen


def _review(member: str, fit: Sequence[FileName]) -> str:
    users = " or ".join(dict.fromkeys(each.user for each in fit))
    return f"The file {shown(member)} can be of the Canvas user {users}: check whose it is."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What is known of a class: names by user, its attachments, and the roster's numbers."""

    names: Mapping[str, str]
    taken: frozenset[int]
    lowest: float
    highest: float
    users: frozenset[str]  # Canvas's numbers on the roster
    ids: frozenset[str]  # the students' own ids on the roster

    @classmethod
    def of(
        cls,
        certain: Mapping[str, FileName],
        open_: Mapping[str, Sequence[FileName]],
        people: Sequence[Person],
    ) -> "_Evidence":
        taken = [each.attachment for each in certain.values() if each.attachment is not None]
        lowest, highest = _range(taken or list(_likely(open_)))
        return cls(
            names={each.user: each.name for each in certain.values()},
            taken=frozenset(taken),
            lowest=lowest,
            highest=highest,
            users=frozenset(each.lms_id for each in people if each.lms == CANVAS and each.lms_id),
            ids=frozenset(same_on_some_system(each.id.strip()) for each in people if each.id),
        )

    def fitting(self, found: Sequence[FileName]) -> list[FileName]:
        """Return the readings that nothing contradicts; all of them if everything does."""
        tests: tuple[Callable[[FileName], bool], ...] = (
            lambda each: self.names.get(each.user, each.name) == each.name,
            lambda each: each.attachment not in self.taken,
            lambda each: str(each.attachment) not in self.ids,
            lambda each: not self.users or each.user in self.users,
            lambda each: each.attachment is None or self.lowest <= each.attachment <= self.highest,
        )
        for test in tests:
            found = [each for each in found if test(each)] or found
        return list(found)


def _range(attachments: Sequence[int]) -> tuple[float, float]:
    if not attachments:
        return 0.0, float("inf")
    return min(attachments) / NEAR, max(attachments) * NEAR


def _likely(open_: Mapping[str, Sequence[FileName]]) -> Iterator[int]:
    """Yield the usual attachment number of a class whose files all have several readings.

    The first readings are right if their display names are those of different users: file names
    often begin with a number. If they are not (`team` of `team_1`), the last readings are.
    """
    files = [found for found in open_.values() if found]
    if len(files) < FEW:
        return
    first = {(found[0].name, found[0].user) for found in files}
    apart = len({name for name, _ in first}) == len(first)
    numbers = [found[0 if apart else -1].attachment for found in files]
    known = [each for each in numbers if each is not None]
    if known:
        yield int(median(known))
