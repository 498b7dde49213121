from dataclasses import replace

import pytest

from grader.evidence.latency import LatencyEvidence, Timing
from tests.report.measured import latency


def test_timings_are_in_order_of_threads() -> None:
    """Timings with fewer threads come first; the median for one thread is the value."""
    measured = latency(3.6, 5.0)
    rows = measured.evidence["threads"]
    assert isinstance(rows, list)
    turned = LatencyEvidence.read(replace(measured, evidence={"threads": rows[::-1]}))
    assert [each.threads for each in turned.timings] == [1, 2]
    assert turned.timings[0].p50 == measured.value


def on(threads: int, p50: float, spread: float, unpruned_spread: float = 0.0) -> Timing:
    """A timing with these spreads, busy above 0.5."""
    return Timing(
        threads=threads,
        p50=p50,
        p90=None,
        p99=None,
        spread=spread,
        unpruned_p50=None,
        speedup=None,
        unpruned_spread=unpruned_spread,
        busy=max(spread, unpruned_spread) > 0.5,
    )


def evidence(*timings: Timing, passes: int | None = None) -> LatencyEvidence:
    """The evidence of one hand-in."""
    return LatencyEvidence(warm_up=10, runs=60, threads=timings, passes=passes)


@pytest.mark.parametrize(
    ("found", "needed"),
    [
        (evidence(on(1, 2.0, 0.1), on(2, 1.0, 0.1)), False),
        (evidence(on(1, 2.0, 0.1), on(2, 1.0, 0.6)), True),
        (evidence(on(1, 2.0, 0.1, 0.6)), True),
        (evidence(on(1, 2.0, 0.6), passes=2), False),
        (evidence(), False),
    ],
)
def test_a_busy_timing_needs_one_second_pass(found: LatencyEvidence, needed: bool) -> None:
    """With any number of threads, and only once."""
    assert found.needs_second_pass is needed


def test_an_old_timing_needs_no_second_pass() -> None:
    """Without the key it is not known if the machine was busy."""
    assert not LatencyEvidence.read(latency(3.6, 5.0)).needs_second_pass


def test_the_steadier_of_two_timings_is_kept() -> None:
    """For each number of threads, by the larger spread of the two networks."""
    first = evidence(on(1, 2.0, 0.2, 0.9), on(2, 1.0, 0.1))
    second = evidence(on(1, 2.5, 0.3, 0.3), on(2, 1.5, 0.7))
    kept = first.with_second_pass(second)
    assert [each.p50 for each in kept.timings] == [2.5, 1.0]
    assert (kept.passes, kept.busy, kept.runs) == (2, False, 60)
