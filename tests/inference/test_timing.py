import numpy as np
import pytest

from grader.inference.timing import BUSY_SPREAD, Timed, Times, speedup, timing

STEADY = np.linspace(1.0, 1.1, 60)


def preempted(times: Times, runs: int) -> Times:
    """The same times, but in the last `runs` another process had the processor for 20 ms."""
    return times + np.where(np.arange(len(times)) >= len(times) - runs, 20.0, 0.0)


def test_a_row_of_known_times() -> None:
    """Of 1 to 100 ms, and three times as long unpruned, by linear interpolation between ranks."""
    times = np.arange(1.0, 101.0)
    np.random.default_rng(0).shuffle(times)
    spread = (90.1 - 10.9) / 50.5
    assert timing(2, Timed(pruned=times, unpruned=3 * times)).json() == pytest.approx(
        {
            "threads": 2,
            "p50": 50.5,
            "p90": 90.1,
            "p99": 99.01,
            "spread": spread,
            "unpruned_p50": 151.5,
            "speedup": 3.0,
            "unpruned_spread": spread,
            "busy": True,
        }
    )


@pytest.mark.parametrize("runs", [0, 1, 20])
def test_other_work_does_not_change_the_speed_up(runs: int) -> None:
    """Not if it interrupts a third of the runs of the slower network, and none of the other."""
    found = speedup(Timed(pruned=STEADY, unpruned=preempted(4.7 * STEADY, runs)))
    assert found == pytest.approx(4.7)


def test_a_machine_that_slows_down_does_not_change_the_speed_up() -> None:
    """The networks run in turn, so that the medians are of the same speed."""
    drift = np.linspace(1, 10, 60)
    assert speedup(Timed(pruned=2 * drift, unpruned=8 * drift)) == pytest.approx(4)


@pytest.mark.parametrize(("runs", "busy"), [(0, False), (1, False), (20, True)])
@pytest.mark.parametrize("which", ["pruned", "unpruned"])
def test_a_machine_is_busy_if_the_runs_of_a_network_differ(
    runs: int, busy: bool, which: str
) -> None:
    """One interrupted run is no reason; a third of the runs is, of either network."""
    times = {"pruned": STEADY, "unpruned": 4 * STEADY}
    found = timing(1, Timed(**times | {which: preempted(times[which], runs)}))
    assert found.busy is busy
    assert (found.largest_spread > BUSY_SPREAD) is busy
