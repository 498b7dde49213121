"""Latency of one image in the XNNPACK program, with the unpruned network in the same run."""

import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from grader.datasets.registry import dataset_named
from grader.evidence.latency import LatencyEvidence, Timing
from grader.inference import xnnpack
from grader.inference.preprocess import preprocess
from grader.labs.spec import LabSpec
from grader.networks.registry import family_named
from grader.types import Finding

WARM_UP = 10
RUNS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Milliseconds per image of each run, float64 (RUNS,), of the pruned and unpruned network."""

    pruned: NDArray[np.float64]
    unpruned: NDArray[np.float64]


def measure_latency(program: bytes, lab: LabSpec, threads: int) -> Finding:
    """Median milliseconds per image on one thread; p90, p99 and `threads` threads as evidence.

    Nothing else of the grader may run at the same time. Raises `HarnessError`.
    """
    baseline = unpruned_program(lab)
    dataset = dataset_named(lab.dataset)
    grey = np.full((1, *dataset.shape), 127, np.uint8)
    image = preprocess(grey, dataset.preprocessing)
    timings = tuple(
        timing(count, _interleaved(program, baseline, image, count))
        for count in sorted({1, threads})
    )
    return Finding(
        value=timings[0].p50,
        unit="ms",
        evidence=LatencyEvidence(warm_up=WARM_UP, runs=RUNS, threads=timings).json(),
    )


def unpruned_program(lab: LabSpec) -> bytes:
    """The unpruned network's program. Its weights are random: only its speed is measured.

    They are the same each time, so that a device can be asked by hash whether it has the program.
    """
    family = family_named(lab.network.family)
    builder = family.builder()
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        network = builder.original(lab.network.classes)
    return family.lower(network, lab.network.input_shape)


def _interleaved(program: bytes, baseline: bytes, image: torch.Tensor, threads: int) -> Timed:
    """Time the two programs in turn, so that a change of the machine's speed affects both."""
    xnnpack.use_threads(threads)
    programs = (xnnpack.load(program), xnnpack.load(baseline))
    spent = np.zeros((WARM_UP + RUNS, 2))
    for turn in range(WARM_UP + RUNS):
        for column, loaded in enumerate(programs):
            started = time.perf_counter()
            loaded.execute([image])
            spent[turn, column] = (time.perf_counter() - started) * 1e3
    return Timed(pruned=spent[WARM_UP:, 0], unpruned=spent[WARM_UP:, 1])


def timing(threads: int, timed: Timed) -> Timing:
    """The reported percentiles for a number of threads, in milliseconds.

    `spread` is the distance from p10 to p90 divided by the median; `speedup` is the median over the
    runs of unpruned divided by pruned time, each pair measured one after the other.
    """
    p10, p50, p90, p99 = (float(np.percentile(timed.pruned, each)) for each in (10, 50, 90, 99))
    unpruned = float(np.median(timed.unpruned))
    return Timing(
        threads=threads,
        p50=p50,
        p90=p90,
        p99=p99,
        spread=(p90 - p10) / p50,
        unpruned_p50=unpruned,
        speedup=float(np.median(timed.unpruned / timed.pruned)),
    )
