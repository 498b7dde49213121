"""The list of similar hand-ins for a terminal: pairs, groups, and hand-ins that were left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from grader import text

GROUPS = 10  # listed at most
NAMED = 30  # of a group


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A pair or a group of students, and its evidence, one line each."""

    students: tuple[str, ...]
    evidence: tuple[str, ...]


def listing(
    pairs: Sequence[Listed], groups: Sequence[Listed], compared: str
) -> Iterator[RenderableType]:
    """Yield the pairs, the first groups, and a line with the numbers; `compared` is its end."""
    for pair in pairs:
        yield Text(" and ".join(map(text.inert, pair.students)), style="bold")
        yield Padding(Text("\n".join(pair.evidence)), (0, 0, 1, 2))
    for group in groups[:GROUPS]:
        yield Text(f"{len(group.students)} hand-ins share", style="bold")
        named = text.several(map(text.inert, group.students), NAMED)
        yield Padding(Text("\n".join((named, *group.evidence))), (0, 0, 1, 2))
    if len(groups) > GROUPS:
        yield Text(f"{len(groups) - GROUPS} more groups share less.")
    yield Text(
        f"{many(len(pairs), 'pair')} and {many(len(groups), 'group')} among {compared}.",
        style="bold",
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
