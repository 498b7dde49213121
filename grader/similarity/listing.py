"""The list of similar hand-ins for a terminal: pairs, groups, and hand-ins that were left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from grader import text

GROUPS = 10  # listed at most
NAMED = 30  # of a group
FIRST = 3  # of nearly the whole class


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A pair or a group of students, and its evidence, one line each."""

    students: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is listed of a class: pairs, groups, and what nearly the whole class shares.

    `compared` are the hand-ins that were compared, with their noun: `104 networks`. `notes` are
    sentences on how to read the list. `left_out` has the reason for each hand-in that could not be
    compared, by student.
    """

    pairs: tuple[Listed, ...]
    groups: tuple[Listed, ...]
    whole: Listed | None
    compared: str
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)


def listing(found: Found) -> Iterator[RenderableType]:
    """Yield the pairs, the first groups, what the class shares, the numbers, and the notes."""
    for pair in found.pairs:
        yield Text(" and ".join(map(text.inert, pair.students)), style="bold")
        yield Padding(Text("\n".join(pair.evidence)), (0, 0, 1, 2))
    for group in found.groups[:GROUPS]:
        yield Text(f"{len(group.students)} hand-ins share", style="bold")
        named = text.several(map(text.inert, group.students), NAMED)
        yield Padding(Text("\n".join((named, *group.evidence))), (0, 0, 1, 2))
    if len(found.groups) > GROUPS:
        yield Text(f"{len(found.groups) - GROUPS} more groups share less.")
    if found.whole is not None:
        yield Text(shared_by_the_class(found.whole))
    yield Text(
        f"{many(len(found.pairs), 'pair')} and {many(len(found.groups), 'group')} among "
        f"{found.compared}.",
        style="bold",
    )
    for note in found.notes:
        yield Text(note, style="dim")
    yield from not_compared(found.left_out)


def shared_by_the_class(whole: Listed) -> str:
    """Return one line on what nearly the whole class has, with the first names."""
    return (
        f"{len(whole.students)} hand-ins share, nearly the whole class "
        f"({text.several(map(text.inert, whole.students), FIRST)}): {'; '.join(whole.evidence)}."
    )


def not_compared(left_out: Mapping[str, str]) -> Iterator[Text]:
    """Yield the hand-ins that could not be compared, and why; `left_out` is by student."""
    if left_out:
        yield Text(f"{many(len(left_out), 'hand-in')} could not be compared:")
    for student, why in left_out.items():
        yield Text(text.inert(f"{student} was not compared: {why}"), style="dim")


def many(number: int, what: str) -> str:
    """Return the number with the noun `what`, in the plural unless it is one."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
