"""The latency, by a clock that a test moves."""

import itertools
from collections.abc import Iterator

import pytest
import torch

from grader.experiments.latency import MEASUREMENTS, RUN_SECONDS, latency


class Clock:
    """A clock that the network moves: each call takes the next of `times`, in seconds."""

    def __init__(self, times: Iterator[float]) -> None:
        self.now, self.times, self.calls = 0.0, times, 0

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Take a while."""
        self.now += next(self.times)
        self.calls += 1
        return images


BATCH = torch.zeros(3, 2)


def test_equal_runs_have_no_deviation() -> None:
    """One measurement of five runs, each long enough for the clock."""
    clock = Clock(itertools.repeat(0.01))
    found = latency(clock.forward, BATCH, 5, clock=clock)
    assert (found.batch, found.runs, found.steady) == (3, 5, True)
    assert found.mean == pytest.approx(0.01)
    assert found.deviation == pytest.approx(0.0, abs=1e-12)
    assert clock.calls == 4 + 5 * round(RUN_SECONDS / 0.01)


def test_a_disturbed_measurement_is_repeated() -> None:
    """The second one is steady, and is the result."""
    warm, first = [1.0] * 4, [1.0, 1.0, 1.0, 1.0, 9.0]
    clock = Clock(itertools.chain(warm, first, itertools.repeat(1.0)))
    found = latency(clock.forward, BATCH, 5, clock=clock)
    assert (found.mean, found.deviation, found.steady) == (1.0, 0.0, True)
    assert clock.calls == 4 + 5 + 5


def test_a_machine_that_stays_busy_is_marked() -> None:
    """The steadiest measurement is kept."""
    measured = [[1.0, 5.0], [1.0, 2.0], [1.0, 9.0]]
    clock = Clock(itertools.chain([1.0] * 4, *measured))
    found = latency(clock.forward, BATCH, 2, clock=clock)
    assert (found.mean, found.steady) == (1.5, False)
    assert clock.calls == 4 + 2 * MEASUREMENTS
