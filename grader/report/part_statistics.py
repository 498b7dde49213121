"""Statistics of each question of a class, and of each item without questions.

The discrimination is the item-rest correlation (the corrected item-total correlation of classical
test theory): Pearson's correlation of the points of one part with the sum of the points of all
other parts. The part itself is left out of the sum, because it would correlate with itself
(S. Henrysson, Correction of item-total correlations in item analysis, Psychometrika 28, 1963).
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import correlation, fmean, median

from grader.types import Report

MOST_LEVELS = 11  # different points that are counted one by one; more are counted in bins
BINS = 10
FEWEST = 3  # hand-ins: a correlation of two is always 1 or -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The number of hand-ins with `low` up to `high` points, without `high` except in the last bin.

    Both are the same where single values are counted.
    """

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartStatistics:
    """The points of a class for one question or item, of the hand-ins where they are decided.

    `mean` and `median` are in points, None while nothing is decided. `discrimination` is from -1 to
    1, over the `compared` hand-ins in which every part is decided that anybody has points for; None
    with fewer than three of these, or if all have the same points.
    """

    id: str
    title: str
    possible: float
    decided: int
    pending: int
    mean: float | None
    median: float | None
    distribution: tuple[Bin, ...]
    discrimination: float | None
    compared: int

    @property
    def scale(self) -> tuple[float, float]:
        """The points from which to which the distribution is drawn: 0 to the possible points.

        Further if some hand-ins have less or more.
        """
        found = [end for each in self.distribution for end in (each.low, each.high)]
        low, high = min(0.0, *found, 0.0), max(self.possible, *found, 0.0)
        return low, high if high > low else low + 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    title: str
    possible: float
    points: float | None


def part_statistics(reports: Sequence[Report]) -> tuple[PartStatistics, ...]:
    """Return the statistics of every part of the class's reports, in the lab's order."""
    every = [_parts(each) for each in reports]
    first = {id: part for parts in reversed(every) for id, part in reversed(parts.items())}
    order = dict.fromkeys(id for parts in every for id in parts)
    known = {id for parts in every for id, part in parts.items() if part.points is not None}
    complete = [
        {id: part.points for id, part in parts.items() if id in known and part.points is not None}
        for parts in every
    ]
    complete = [each for each in complete if each.keys() == known]
    return tuple(_statistics(id, first[id], every, complete) for id in order)


def _parts(report: Report) -> dict[str, _Part]:
    found = {}
    for item in report.grade.items:
        for each in item.questions or (item,):
            found[each.id] = _Part(title=each.title, possible=each.possible, points=each.earned)
    return found


def _statistics(
    id: str,
    part: _Part,
    every: Sequence[Mapping[str, _Part]],
    complete: Sequence[Mapping[str, float]],
) -> PartStatistics:
    own = [each[id].points for each in every if id in each]
    decided = [points for points in own if points is not None]
    return PartStatistics(
        id=id,
        title=part.title,
        possible=part.possible,
        decided=len(decided),
        pending=len(own) - len(decided),
        mean=fmean(decided) if decided else None,
        median=median(decided) if decided else None,
        distribution=distribution(decided, part.possible),
        discrimination=item_rest_correlation(id, complete) if decided else None,
        compared=len(complete) if decided else 0,
    )


def item_rest_correlation(id: str, complete: Sequence[Mapping[str, float]]) -> float | None:
    """Return the discrimination of the part `id`; None if there is none.

    Each of `complete` has one hand-in's points for the same parts.
    """
    if len(complete) < FEWEST:
        return None
    own = [each[id] for each in complete]
    rest = [math.fsum(value for other, value in each.items() if other != id) for each in complete]
    if min(own) == max(own) or min(rest) == max(rest):
        return None
    return correlation(own, rest)


def distribution(points: Sequence[float], possible: float) -> tuple[Bin, ...]:
    """Return how often each value occurs, or ten equal bins if there are more than eleven values.

    The bins are from 0 to `possible` points, further if some hand-ins have less or more.
    """
    counted = Counter(points)
    if len(counted) <= MOST_LEVELS:
        return tuple(Bin(low=each, high=each, count=counted[each]) for each in sorted(counted))
    low, high = min(0.0, *counted), max(possible, *counted)
    width = (high - low) / BINS
    filled = Counter(min(BINS - 1, int((each - low) / width)) for each in points)
    return tuple(
        Bin(low=low + at * width, high=low + (at + 1) * width, count=filled[at])
        for at in range(BINS)
    )
