"""The latency of a program, from the times of its runs and of the unpruned network beside it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.evidence.latency import Timing

# From this spread on, the machine had other work while it measured.
BUSY_SPREAD = 0.5

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Milliseconds per image of each run, float64 (runs,), of the pruned and unpruned network."""

    pruned: Times
    unpruned: Times


def speedup(timed: Timed) -> float:
    """Return how many times as fast as the unpruned network the pruned one is.

    It is the ratio of the medians. docs/performance.md compares it with other estimators, on idle
    and on busy machines.
    """
    return float(np.median(timed.unpruned) / np.median(timed.pruned))


def timing(threads: int, timed: Timed) -> Timing:
    """Return the latency for a number of threads, in milliseconds."""
    p50, p90, p99 = (float(np.percentile(timed.pruned, each)) for each in (50, 90, 99))
    spread, unpruned_spread = _spread(timed.pruned), _spread(timed.unpruned)
    return Timing(
        threads=threads,
        p50=p50,
        p90=p90,
        p99=p99,
        spread=spread,
        unpruned_p50=float(np.median(timed.unpruned)),
        speedup=speedup(timed),
        unpruned_spread=unpruned_spread,
        busy=max(spread, unpruned_spread) > BUSY_SPREAD,
    )


def _spread(times: Times) -> float:
    """Return the distance from the 10th to the 90th percentile, divided by the median."""
    p10, p50, p90 = (float(np.percentile(times, each)) for each in (10, 50, 90))
    return (p90 - p10) / p50
