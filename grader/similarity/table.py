"""Print the similar pairs on a terminal, with their evidence and a warning."""

from collections.abc import Iterator, Mapping

from rich.console import Group as Renderables
from rich.console import RenderableType

from grader.similarity.listing import Found, Listed, listing, many
from grader.similarity.mistakes import SharedMistakes
from grader.similarity.nearness import Nearness
from grader.similarity.pairs import Group, Similarities, SimilarPair

WARNING = (
    "A listed pair is a reason to look, not a proof; it changes no grade. Equal widths alone are "
    "not listed: two students who prune one network by one ratio have them. The same criterion "
    "keeps the same channels. Networks that began as one published checkpoint and were trained "
    "little are near each other: with --base FILE, that checkpoint, only pairs that both moved "
    "away from it alike are listed for their weights."
)


def table(found: Similarities, left_out: Mapping[str, str], compared: int) -> RenderableType:
    """Return each pair and group with its evidence, then the hand-ins not compared and why."""
    return Renderables(*listing(listed_of(found, left_out, compared)))


def listed_of(found: Similarities, left_out: Mapping[str, str], compared: int) -> Found:
    """Return the pairs and groups with their evidence in words."""
    usual = (
        f"{many(found.usual, 'more pair')} kept nearly the same channels and are not listed: this "
        "is usual in this class."
    )
    return Found(
        pairs=tuple(
            Listed(students=each.students, evidence=evidence(each)) for each in found.pairs
        ),
        groups=tuple(map(_listed, found.groups)),
        whole=_listed(found.whole) if found.whole else None,
        compared=many(compared, "network"),
        notes=(*([usual] if found.usual else ()), WARNING),
        left_out=left_out,
    )


def _listed(group: Group) -> Listed:
    return Listed(students=group.students, evidence=tuple(_shared_by(group)))


def evidence(pair: SimilarPair) -> tuple[str, ...]:
    """Return the evidence of one pair, one line each."""
    return tuple(_evidence(pair))


def _shared_by(group: Group) -> Iterator[str]:
    if group.tensors:
        yield f"tensors: {group.tensors} are equal or differ by a small step"
    if group.kernels:
        yield f"kernels: {group.kernels} of each are the same in another scale or order"
    if group.apart is not None:
        yield f"nearness: a quarter of the kernels are at most {group.apart:.2%} from another's"
    if group.mistakes:
        yield f"mistakes: {group.mistakes} or more misclassified images, nearly the same in all"
    if group.questions:
        yield f"answers: nearly the same text to question {', '.join(group.questions)}"


def _evidence(pair: SimilarPair) -> Iterator[str]:
    if pair.tensors:
        shared = pair.tensors
        yield (
            f"tensors: {shared.equal} of {shared.comparable} of the same shape are bit-identical"
            + (
                f", {shared.near} more differ by at most {shared.furthest:.1%}"
                if shared.near
                else ""
            )
        )
    if pair.kernels:
        yield (
            f"canonical form: {pair.kernels.shared} of {pair.kernels.of} kernels are the same, "
            "after the batch norm is folded in and scale and order are removed; those of the base "
            f"are {'left out' if pair.kernels.without_base else 'counted: --base is not given'}"
        )
    if pair.nearness:
        yield _nearness(pair.nearness)
    if pair.mistakes:
        yield _mistakes(pair.mistakes)
    if pair.channels:
        found = pair.channels
        usual = "" if pair.usual is None else f"; the class's median pair shares {pair.usual:.0%}"
        yield (
            f"channels: {found.shared} of the {found.more} kept are the same ({found.share:.0%}), "
            f"by chance {found.expected:.0f} ± {found.deviation:.0f}{usual}"
        )
    for answer in pair.answers:
        yield (
            f"question {answer.question}: the answers are {answer.ratio:.0f} % the same text, "
            f"{answer.length} characters"
        )


def _nearness(found: Nearness) -> str:
    other = "from the base" if found.to_base else "in the usual pair of this class"
    return (
        f"nearness: a quarter of the kernels differ by at most {found.apart:.2%} of their length, "
        f"{other} by {found.usual:.2%}"
    )


def _mistakes(found: SharedMistakes) -> str:
    first = (
        f"; of the first {found.listed} misclassified images, {found.equal} have the same wrong "
        "class in both"
        if found.listed
        else ""
    )
    return (
        f"equal answers: the confusion matrices differ by {found.different} of {found.made} "
        f"misclassified images, by chance by {found.expected:.0f}{first}"
    )
