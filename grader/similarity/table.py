"""The pairs on a terminal, with their evidence and what it does not show."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from grader.report import text
from grader.similarity.pairs import Alike

WARNING = (
    "A pair is where to look, not what was found: nothing is scored from it. Equal widths alone "
    "mean nothing and are not listed: two who prune one network by one ratio have them. The same "
    "criterion keeps the same channels, too, and networks that were hardly trained after pruning "
    "are near each other."
)


def table(pairs: Sequence[Alike], left_out: Mapping[str, str], compared: int) -> RenderableType:
    """Each pair with its evidence, then who could not be compared and why."""
    return Group(*_parts(pairs, left_out, compared))


def evidence(pair: Alike) -> tuple[str, ...]:
    """The lines of one pair."""
    return tuple(_evidence(pair))


def _parts(
    pairs: Sequence[Alike], left_out: Mapping[str, str], compared: int
) -> Iterator[RenderableType]:
    for pair in pairs:
        yield Text(" and ".join(map(text.inert, pair.students)), style="bold")
        yield Padding(Text("\n".join(evidence(pair))), (0, 0, 1, 2))
    many = "1 pair" if len(pairs) == 1 else f"{len(pairs)} pairs"
    yield Text(f"{many} among {compared} networks.", style="bold")
    yield Text(WARNING, style="dim")
    for student, why in left_out.items():
        yield Text(text.inert(f"{student} was not compared: {why}"), style="dim")


def _evidence(pair: Alike) -> Iterator[str]:
    if pair.tensors:
        shared = pair.tensors
        yield (
            f"tensors: {shared.equal} of {shared.comparable} of the same shape are equal to the bit"
            + (
                f", {shared.near} more but for a step of at most {shared.furthest:.1%}"
                if shared.near
                else ""
            )
        )
    if pair.channels:
        found = pair.channels
        usual = "" if pair.usual is None else f"; the class's median pair shares {pair.usual:.0%}"
        yield (
            f"channels: {found.shared} of the {found.fewer} kept are the same ({found.share:.0%}), "
            f"where chance gives {found.expected:.0f} ± {found.deviation:.0f}{usual}"
        )
    for answer in pair.answers:
        yield (
            f"question {answer.question}: the answers are {answer.ratio:.0f} % the same text, "
            f"{answer.length} characters"
        )
