from pathlib import Path

import numpy as np
import pytest

from grader.evaluators.latency import (
    RUNS,
    WARM_UP,
    Timed,
    measure_latency,
    row,
    unpruned_path,
    unpruned_program,
)
from grader.inference import xnnpack
from grader.lab import LabSpec, load_lab
from tests.networks import sample_pixels, small_program

LAB = load_lab()


def with_classes(lab: LabSpec, classes: int) -> LabSpec:
    """A lab whose network tells `classes` apart."""
    return lab.model_copy(update={"network": lab.network.model_copy(update={"classes": classes})})


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test's own; not there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = unpruned_path(LAB)
    if not path.is_relative_to(tmp_path):
        pytest.skip("only Linux takes the cache's place from the environment")
    return path


def test_a_row_of_known_times() -> None:
    """Of 1 to 100 ms, and three times as long unpruned, by linear interpolation between ranks."""
    times = np.arange(1.0, 101.0)
    np.random.default_rng(0).shuffle(times)
    assert row(2, Timed(pruned=times, unpruned=3 * times)) == pytest.approx(
        {
            "threads": 2,
            "p50": 50.5,
            "p90": 90.1,
            "p99": 99.01,
            "spread": (90.1 - 10.9) / 50.5,
            "unpruned_p50": 151.5,
            "speedup": 3.0,
        }
    )


def test_a_machine_that_slows_down_does_not_change_the_speed_up() -> None:
    """Each run is compared with its neighbour: a drift that meets both halves cancels out."""
    drift = np.linspace(1, 10, RUNS)
    found = row(1, Timed(pruned=2 * drift, unpruned=8 * drift))
    assert found["speedup"] == pytest.approx(4)


@pytest.mark.parametrize(("threads", "expected"), [(2, [1, 2]), (1, [1])])
def test_one_thread_and_all_threads_are_timed(
    cache: Path, threads: int, expected: list[int]
) -> None:
    """Each number of threads has its row, and the value is the median on one thread."""
    xnnpack.save(small_program(), cache)
    found = measure_latency(small_program(), LAB, threads)
    rows = found.evidence["threads"]
    assert isinstance(rows, list)
    assert [each["threads"] for each in rows if isinstance(each, dict)] == expected
    first = rows[0]
    assert isinstance(first, dict)
    assert (found.value, found.unit) == (first["p50"], "ms")
    assert found.value > 0
    assert (found.evidence["warm_up"], found.evidence["runs"]) == (WARM_UP, RUNS)


@pytest.mark.slow
def test_the_unpruned_program_is_exported_once(cache: Path) -> None:
    """It is that of the 10-class network, and the second time it comes from the cache."""
    program = unpruned_program(LAB)
    assert cache.read_bytes() == program
    assert [each.name for each in cache.parent.iterdir()] == [cache.name]
    assert xnnpack.logits(xnnpack.load(program), sample_pixels(1)).shape == (1, 10)
    cache.write_bytes(small_program())
    assert unpruned_program(LAB) == small_program()


@pytest.mark.parametrize("kept", [0, 9, 1_000, -1_000])
def test_a_damaged_cache_is_exported_again(
    cache: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    """A program that was cut short does not load, and gives way to a whole one."""
    xnnpack.save(small_program()[:kept], cache)
    monkeypatch.setattr(xnnpack, "export", lambda _network, _shape: small_program())
    assert unpruned_program(LAB) == cache.read_bytes() == small_program()


def test_a_cache_that_cannot_be_written_is_done_without(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only home costs the export's time, not the measurement."""
    cache.parent.parent.mkdir(parents=True)
    cache.parent.write_bytes(b"a file where the folder would be")
    monkeypatch.setattr(xnnpack, "export", lambda _network, _shape: b"exported")
    assert unpruned_program(LAB) == b"exported"


def test_another_network_is_cached_apart(cache: Path) -> None:
    """A lab of 100 classes is not compared with the network of 10."""
    assert unpruned_path(with_classes(LAB, 100)) != cache
    assert unpruned_path(load_lab("prune-mobilenet-2025")) == cache
