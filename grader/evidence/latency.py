"""Evidence of the latency: how long a program takes for one image."""

from dataclasses import dataclass, replace
from typing import Self

from grader.evidence.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing(Record):
    """The latency for one image with one number of threads."""

    threads: int
    """the number of threads: 1, and on the grading machine also as many as it has processors"""
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
    unpruned_spread: float | None = None
    """`spread` of the unpruned network"""
    busy: bool | None = None
    """true if one of the two spreads is so large that the machine must have had other work; nothing is compared with these times"""  # noqa: E501

    @property
    def largest_spread(self) -> float:
        """The larger spread of the two networks; 0 if neither is known."""
        return max(self.spread or 0.0, self.unpruned_spread or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyEvidence(Record):
    """The latencies, and the number of runs."""

    warm_up: int | None
    """runs before the measured runs"""
    runs: int | None
    """measured runs"""
    threads: tuple[Timing, ...]
    """the latencies for each number of threads"""
    machine: str | None = None
    """the machine that timed, if another one measured the rest"""
    passes: int | None = None
    """2 if the grading machine was busy and measured again later; each latency is then the one with the smaller spread"""  # noqa: E501

    @property
    def timings(self) -> tuple[Timing, ...]:
        """The latencies, fewest threads first."""
        return tuple(sorted(self.threads, key=lambda each: each.threads))

    @property
    def busy(self) -> bool:
        """True if the machine had other work during one of the timings."""
        return any(each.busy for each in self.threads)

    @property
    def needs_second_pass(self) -> bool:
        """True if the machine was busy and has not measured again yet."""
        return self.busy and self.passes is None

    def with_second_pass(self, second: Self) -> Self:
        """Return the timing with the smaller spread for each number of threads."""
        again = {each.threads: each for each in second.threads}
        steadier = tuple(
            min(each, again.get(each.threads, each), key=lambda timing: timing.largest_spread)
            for each in self.timings
        )
        return replace(self, threads=steadier, passes=2)
