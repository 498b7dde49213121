"""Pairs of a class with what is alike about them, the strongest evidence first."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from grader.similarity.answers import Answer, shared_answers
from grader.similarity.channels import Overlap, overlap
from grader.similarity.sketch import Sketch
from grader.similarity.tensors import Pair, Shared, shared_tensors
from grader.types import Report

NEAR_SHARE = 0.25  # of the comparable tensors: fewer may be near by the base alone
CHANCE = 6.0  # standard deviations above it
NEARLY_ALL = 0.9  # of the smaller choice of channels


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Two students, and why they are listed; at least one of the three is there.

    `usual` is the share of kept channels that the median pair of the class has in common.
    """

    students: Pair
    tensors: Shared | None
    channels: Overlap | None
    usual: float | None
    answers: tuple[Answer, ...]


def alike(sketches: Sequence[Sketch], reports: Sequence[Report]) -> tuple[Alike, ...]:
    """The pairs that a person should look at: nothing is decided by being one of them."""
    ordered = sorted(sketches, key=lambda each: each.student)
    tensors = {pair: shared for pair, shared in shared_tensors(ordered).items() if _telling(shared)}
    overlaps = {
        (one.student, other.student): found
        for one, other in combinations(ordered, 2)
        if (found := overlap(one.kept, other.kept)) is not None
    }
    usual = median(each.share for each in overlaps.values()) if overlaps else None
    channels = {pair: found for pair, found in overlaps.items() if _chosen_alike(found)}
    answers = shared_answers(sorted(reports, key=lambda each: each.submission.id))
    pairs = [
        Alike(
            students=pair,
            tensors=tensors.get(pair),
            channels=channels.get(pair),
            usual=usual,
            answers=answers.get(pair, ()),
        )
        for pair in dict.fromkeys([*tensors, *channels, *answers])
    ]
    return tuple(sorted(pairs, key=_strength, reverse=True))


def _telling(shared: Shared) -> bool:
    return bool(shared.equal) or shared.near >= NEAR_SHARE * shared.comparable


def _chosen_alike(found: Overlap) -> bool:
    return found.deviations >= CHANCE and found.share >= NEARLY_ALL


def _strength(each: Alike) -> tuple[float, ...]:
    tensors, channels = each.tensors, each.channels
    return (
        tensors.equal if tensors else 0,
        tensors.near if tensors else 0,
        len(each.answers),
        channels.deviations if channels else 0.0,
    )
