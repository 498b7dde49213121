"""Evidence of the latency: how long a program takes for one image."""

from dataclasses import dataclass

from grader.evidence.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing(Record):
    """The latency for one image with one number of threads."""

    threads: int
    """the number of threads"""
    p50: float
    """the median in milliseconds"""
    p90: float | None
    """the 90th percentile in milliseconds"""
    p99: float | None
    """the 99th percentile in milliseconds"""
    spread: float | None
    """(p90 - p10) / p50"""
    unpruned_p50: float | None
    """the median of the unpruned network, measured in the same run, in milliseconds"""
    speedup: float | None
    """`unpruned_p50` divided by `p50`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyEvidence(Record):
    """The latencies, and the number of runs."""

    warm_up: int | None
    """runs before the measured runs"""
    runs: int | None
    """measured runs"""
    threads: tuple[Timing, ...]
    """the latencies for each number of threads"""

    @property
    def timings(self) -> tuple[Timing, ...]:
        """The latencies, fewest threads first."""
        return tuple(sorted(self.threads, key=lambda each: each.threads))
