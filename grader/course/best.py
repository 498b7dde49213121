"""The best n of a student's labs, by their weighted mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """The fraction of a lab's points that a student has, and the lab's weight."""

    fraction: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The places of the labs that count, in order, and their weighted mean.

    The mean is None if there are no labs, or none with a weight.
    """

    places: tuple[int, ...]
    mean: float | None


def best(scores: Sequence[Weighted], most: int | None) -> Chosen:
    """Return the `most` labs with the highest weighted mean, or all if `most` is None.

    Of labs that are equally good, the first ones count.
    """
    number = len(scores) if most is None else min(most, len(scores))
    heaviest = sorted(range(len(scores)), key=lambda at: (-scores[at].weight, at))
    chosen = tuple(sorted(heaviest[:number]))  # without a weight there would be no mean
    mean = _mean(scores[at] for at in chosen)
    while mean is not None and number < len(scores):
        # A choice beats a mean if its weighted distances from that mean add up to more than 0: the
        # n largest distances are the best choice, so each round gives a higher mean or is the last.
        distance = [each.weight * (each.fraction - mean) for each in scores]
        ranked = sorted(range(len(scores)), key=lambda at: (-distance[at], at))
        better = tuple(sorted(ranked[:number]))
        mean_of_better = _mean(scores[at] for at in better)
        if mean_of_better is None or mean_of_better <= mean + 1e-12:
            break
        chosen, mean = better, mean_of_better
    return Chosen(places=chosen, mean=mean)


def _mean(scores: Iterable[Weighted]) -> float | None:
    known = list(scores)
    weight = sum(each.weight for each in known)
    return sum(each.weight * each.fraction for each in known) / weight if weight else None
