"""How long one image takes in the XNNPACK program, beside the unpruned network in the same run."""

import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from grader.datasets.cifar10.preprocess import preprocess
from grader.evidence.latency import LatencyEvidence, Timing
from grader.inference import xnnpack
from grader.labs.spec import LabSpec
from grader.networks.mobilenet_v2.blueprint import ORIGINAL
from grader.networks.mobilenet_v2.lowering import lower
from grader.networks.mobilenet_v2.rebuild import Network
from grader.networks.mobilenet_v2.vision import mobilenet_v2
from grader.types import Finding

WARM_UP = 10
RUNS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Milliseconds per image of each run: float64 of shape (RUNS,), pruned and unpruned."""

    pruned: NDArray[np.float64]
    unpruned: NDArray[np.float64]


def measure_latency(program: bytes, lab: LabSpec, threads: int) -> Finding:
    """Median milliseconds per image on one thread; p90, p99 and `threads` threads as evidence.

    Nothing else of the grader may run meanwhile. Raises `HarnessError`.
    """
    baseline = unpruned_program(lab)
    timings = tuple(
        timing(count, _interleaved(program, baseline, count)) for count in sorted({1, threads})
    )
    return Finding(
        value=timings[0].p50,
        unit="ms",
        evidence=LatencyEvidence(warm_up=WARM_UP, runs=RUNS, threads=timings).json(),
    )


def unpruned_program(lab: LabSpec) -> bytes:
    """The unpruned network's program. Its weights are random: only its speed is of interest.

    They are the same each time, so that a board that has the program is known to have it.
    """
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        module = mobilenet_v2(num_classes=lab.network.classes).eval().requires_grad_(False)
    return lower(Network(blueprint=ORIGINAL, module=module), lab.network.input_shape[-1])


def _interleaved(program: bytes, baseline: bytes, threads: int) -> Timed:
    """Time the two programs in turn, so that a machine that slows down slows both."""
    xnnpack.use_threads(threads)
    image = preprocess(np.full((1, 3, 32, 32), 127, np.uint8))
    programs = (xnnpack.load(program), xnnpack.load(baseline))
    spent = np.zeros((WARM_UP + RUNS, 2))
    for turn in range(WARM_UP + RUNS):
        for column, loaded in enumerate(programs):
            started = time.perf_counter()
            loaded.execute([image])
            spent[turn, column] = (time.perf_counter() - started) * 1e3
    return Timed(pruned=spent[WARM_UP:, 0], unpruned=spent[WARM_UP:, 1])


def timing(threads: int, timed: Timed) -> Timing:
    """What is reported of one number of threads, in milliseconds.

    `spread` is the distance from p10 to p90 over the median; `speedup` is the median over the runs
    of unpruned over pruned, each pair measured one after the other.
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
