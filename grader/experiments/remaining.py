"""Estimates how long the remaining parts of a run take, from those that are finished."""

import statistics
from collections import defaultdict
from collections.abc import Sequence

from grader.experiments.parts import Part, Pruning, Training


class RemainingTime:
    """The mean duration of each kind of part, measured while the run goes on."""

    def __init__(self) -> None:
        self._seconds: dict[str, list[float]] = defaultdict(list)

    def add(self, part: Part, seconds: float) -> None:
        """Take in the duration of a finished part."""
        self._seconds[_kind(part)].append(seconds)

    def seconds(self, waiting: Sequence[Part]) -> float | None:
        """Return the estimated seconds of the waiting parts; None before the first is finished.

        A kind of which none is finished counts as the mean of the others.
        """
        if not self._seconds:
            return None
        means = {kind: statistics.mean(each) for kind, each in self._seconds.items()}
        usual = statistics.mean(means.values())
        return sum(means.get(_kind(each), usual) for each in waiting)


def _kind(part: Part) -> str:
    """Return the kind of part by its duration: most of it is training, where there is any."""
    if isinstance(part, Training):
        return "training"
    if isinstance(part, Pruning) and part.iteration and part.way != "without-retraining":
        return "training"
    return type(part).__name__
