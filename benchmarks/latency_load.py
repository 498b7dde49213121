"""Compares estimators of latency and speed-up on an idle and on a busy machine.

    python -m benchmarks.latency_load CHECKPOINT...

For each load (no other process, one, four that multiply matrices) and each checkpoint the programs
are timed `REPEATS` times as `grader grade` times them: the pruned and the unpruned network in turn.
An estimator is good if its smallest and its largest value over all loads are close to each other.
The checkpoints are unpickled as in the lab: use only files that you trust.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.engines import unpacked
from grader.datasets.registry import dataset_named
from grader.evaluators.latency import RUNS, WARM_UP, unpruned_program
from grader.inference import xnnpack
from grader.inference.preprocess import preprocess
from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab
from grader.networks.read_checkpoint import read_checkpoint
from grader.networks.registry import family_named
from grader.sandbox.start import best_isolation
from grader.types import Role

NEIGHBOURS = (0, 1, 4)
REPEATS = 6
Times = NDArray[np.float64]
_BUSY = "import numpy as n\na = n.random.rand(400, 400)\nwhile True: a @ a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Milliseconds of each run, float64 (RUNS, 2): column 0 pruned, column 1 unpruned.

    `wall` is elapsed time, `processor` the time of this process on a processor.
    """

    wall: Times
    processor: Times

    @property
    def undisturbed(self) -> NDArray[np.bool_]:
        """True for each pair of runs whose processor was not given to another process."""
        return np.asarray((self.wall - self.processor <= 0.05 * self.wall).all(axis=1))


def _minima(times: Times) -> Times:
    return np.asarray(times.min(axis=0))


def _medians(times: Times) -> Times:
    return np.asarray(np.median(times, axis=0))


def _undisturbed(runs: Runs) -> Times:
    return _medians(runs.wall[runs.undisturbed] if runs.undisturbed.any() else runs.wall)


# Milliseconds of the pruned and the unpruned network, and their ratio.
ESTIMATORS: Mapping[str, Callable[[Runs], tuple[float, float]]] = {
    "wall: median of the pairs' ratios": lambda runs: (
        float(_medians(runs.wall)[0]),
        float(np.median(runs.wall[:, 1] / runs.wall[:, 0])),
    ),
    "wall: ratio of medians": lambda runs: _ratio(_medians(runs.wall)),
    "wall: ratio of 10th percentiles": lambda runs: _ratio(np.percentile(runs.wall, 10, axis=0)),
    "wall: ratio of minima": lambda runs: _ratio(_minima(runs.wall)),
    "wall: ratio of medians, undisturbed pairs": lambda runs: _ratio(_undisturbed(runs)),
    "processor: ratio of medians": lambda runs: _ratio(_medians(runs.processor)),
    "processor: ratio of minima": lambda runs: _ratio(_minima(runs.processor)),
}


def _ratio(of_two: Times) -> tuple[float, float]:
    return float(of_two[0]), float(of_two[1] / of_two[0])


@contextmanager
def neighbours(count: int) -> Iterator[None]:
    """Keep `count` processes busy inside the block, each with one thread."""
    one_thread = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    started = [
        subprocess.Popen([sys.executable, "-c", _BUSY], env=one_thread) for _ in range(count)
    ]
    try:
        time.sleep(1.0 if count else 0.0)
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def timed(programs: tuple[bytes, bytes], image: torch.Tensor) -> Runs:
    """Time the two programs in turn on one thread."""
    xnnpack.use_threads(1)
    loaded = [xnnpack.load(program) for program in programs]
    wall, processor = np.zeros((2, WARM_UP + RUNS, 2))
    for turn in range(WARM_UP + RUNS):
        for column, each in enumerate(loaded):
            on_a_processor, started = time.process_time(), time.perf_counter()
            each.execute([image])
            wall[turn, column] = (time.perf_counter() - started) * 1e3
            processor[turn, column] = (time.process_time() - on_a_processor) * 1e3
    return Runs(wall=wall[WARM_UP:], processor=processor[WARM_UP:])


def program_of(checkpoint: Path, lab: NetworkLab, work: Path) -> bytes:
    """Return the XNNPACK program of the network in `checkpoint`."""
    file = unpacked(checkpoint, work).submission.file(Role.CHECKPOINT)
    assert file is not None
    network = read_checkpoint(file, lab, best_isolation()).network
    return family_named(lab.network.family).lower(network, lab.network.input_shape)


def main() -> None:
    """Print a Markdown table: for each network and estimator the range of values by load."""
    lab = network_lab("prune-mobilenet-2025")
    dataset = dataset_named(lab.dataset)
    grey = np.full((1, *dataset.shape), 127, np.uint8)
    image = preprocess(grey, dataset.preprocessing)
    unpruned = unpruned_program(lab)
    loads = " | ".join(f"ms, speed-up beside {count}" for count in NEIGHBOURS)
    print(f"| network | estimator | {loads} |")
    print("| --- | --- |" + " --- |" * len(NEIGHBOURS))
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as work:
            programs = (program_of(Path(name), lab, Path(work)), unpruned)
        found: dict[int, list[Runs]] = {}
        for count in NEIGHBOURS:
            with neighbours(count):
                found[count] = [timed(programs, image) for _ in range(REPEATS)]
        for estimator, function in ESTIMATORS.items():
            cells = " | ".join(_cell([function(runs) for runs in found[n]]) for n in NEIGHBOURS)
            print(f"| {Path(name).stem} | {estimator} | {cells} |")
        shares = " | ".join(
            f"{min(float(runs.undisturbed.mean()) for runs in found[n]):.0%} undisturbed, "
            f"spread {_spreads(found[n], 'wall')}, "
            f"of processor time {_spreads(found[n], 'processor')}"
            for n in NEIGHBOURS
        )
        print(f"| {Path(name).stem} | | {shares} |", flush=True)


def _spreads(all_runs: list[Runs], clock: str) -> str:
    spreads = []
    for runs in all_runs:
        p10, p50, p90 = np.percentile(getattr(runs, clock)[:, 0], (10, 50, 90))
        spreads.append(float((p90 - p10) / p50))
    return f"{min(spreads):.2f} to {max(spreads):.2f}"


def _cell(values: list[tuple[float, float]]) -> str:
    milliseconds, ratios = zip(*values, strict=True)
    return (
        f"{min(milliseconds):.2f} to {max(milliseconds):.2f}, "
        f"{min(ratios):.2f} to {max(ratios):.2f}×"  # noqa: RUF001 - the sign for times
    )


if __name__ == "__main__":
    main()
