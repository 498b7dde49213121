"""How long a program takes on one image."""

from dataclasses import dataclass

from grader.evidence.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing(Record):
    """Milliseconds per image on a number of threads."""

    threads: int
    """threads"""
    p50: float
    """the median in milliseconds"""
    p90: float | None
    """the 90th percentile in milliseconds"""
    p99: float | None
    """the 99th percentile in milliseconds"""
    spread: float | None
    """p90 less p10, over p50"""
    unpruned_p50: float | None
    """the median of the unpruned network in the same run, in milliseconds"""
    speedup: float | None
    """how many times as fast as the unpruned network"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyEvidence(Record):
    """The times, and how many runs they are of."""

    warm_up: int | None
    """runs before those that count"""
    runs: int | None
    """runs that count"""
    threads: tuple[Timing, ...]
    """the times for each number of threads"""

    @property
    def timings(self) -> tuple[Timing, ...]:
        """The times, fewest threads first."""
        return tuple(sorted(self.threads, key=lambda each: each.threads))
