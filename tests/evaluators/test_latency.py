import time

import pytest
import torch

from grader.evaluators.latency import RUNS, WARM_UP, measure_latency, unpruned_program
from grader.inference import xnnpack
from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab
from tests.small_networks import PREPROCESSING, sample_pixels, small_program

LAB = network_lab()


def with_classes(lab: NetworkLab, classes: int) -> NetworkLab:
    """A lab whose network tells `classes` apart."""
    return lab.model_copy(update={"network": lab.network.model_copy(update={"classes": classes})})


@pytest.mark.parametrize(("threads", "expected"), [(2, [1, 2]), (1, [1])])
def test_one_thread_and_all_threads_are_timed(threads: int, expected: list[int]) -> None:
    """Each number of threads has its row, and the value is the median on one thread."""
    found = measure_latency(small_program(), LAB, threads)
    rows = found.evidence["threads"]
    assert isinstance(rows, list)
    assert [each["threads"] for each in rows if isinstance(each, dict)] == expected
    first = rows[0]
    assert isinstance(first, dict)
    assert (found.value, found.unit) == (first["p50"], "ms")
    assert found.value > 0
    assert (found.evidence["warm_up"], found.evidence["runs"]) == (WARM_UP, RUNS)


@pytest.mark.parametrize(("threads", "counted"), [(1, False), (2, True)])
def test_on_one_thread_waiting_does_not_count(
    monkeypatch: pytest.MonkeyPatch, threads: int, counted: bool
) -> None:
    """The time on the processor is without waiting; on two threads elapsed time is measured."""

    class Waits:
        def execute(self, _inputs: list[torch.Tensor]) -> None:
            time.sleep(0.01)

    monkeypatch.setattr(xnnpack, "load", lambda _program: Waits())
    rows = measure_latency(b"", LAB, threads).evidence["threads"]
    assert isinstance(rows, list)
    last = rows[-1]
    assert isinstance(last, dict)
    p50 = last["p50"]
    assert isinstance(p50, float)
    assert (p50 >= 10) is counted


def test_the_unpruned_network_is_the_labs() -> None:
    """It tells the lab's classes apart, and is many times the size of a pruned one."""
    program = unpruned_program(with_classes(LAB, 7))
    assert xnnpack.logits(xnnpack.load(program), sample_pixels(1), PREPROCESSING).shape == (1, 7)
    assert len(program) > 2_000_000 * 4


def test_the_unpruned_program_is_the_same_each_time() -> None:
    """A device has it under its hash; the global random state does not change."""
    first = unpruned_program(LAB)
    torch.rand(3)
    before = torch.get_rng_state()
    assert unpruned_program(LAB) == first
    assert torch.equal(torch.get_rng_state(), before)
