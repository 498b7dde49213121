"""Latency of one image in the XNNPACK program, with the unpruned network in the same run."""

import time

import numpy as np
import torch

from grader.datasets.registry import dataset_named
from grader.evidence.latency import LatencyEvidence
from grader.inference import xnnpack
from grader.inference.preprocess import preprocess
from grader.inference.timing import Timed, timing
from grader.labs.network_lab import NetworkLab
from grader.networks.registry import family_named
from grader.types import Finding

WARM_UP = 10
RUNS = 60


def measure_latency(program: bytes, lab: NetworkLab, threads: int) -> Finding:
    """Median milliseconds per image on one thread; p90, p99 and `threads` threads as evidence.

    On one thread it is time on the processor, which is the latency of a machine without other work:
    on a busy machine the elapsed time has the waiting too. On several threads it is elapsed time.

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


def unpruned_program(lab: NetworkLab) -> bytes:
    """The unpruned network's program. Its weights are random: only its speed is measured.

    They are the same each time, so that a device can be asked by hash whether it has the program.
    Raises `Skip` without ExecuTorch.
    """
    xnnpack.require_executorch()
    family = family_named(lab.network.family)
    builder = family.builder()
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        network = builder.original(lab.network.classes)
    return family.lower(network, lab.network.input_shape)


def _interleaved(program: bytes, baseline: bytes, image: torch.Tensor, threads: int) -> Timed:
    """Time the two programs in turn, so that a change of the machine's speed affects both."""
    clock = time.process_time if threads == 1 else time.perf_counter
    xnnpack.use_threads(threads)
    programs = (xnnpack.load(program), xnnpack.load(baseline))
    spent = np.zeros((WARM_UP + RUNS, 2))
    for turn in range(WARM_UP + RUNS):
        for column, loaded in enumerate(programs):
            started = clock()
            loaded.execute([image])
            spent[turn, column] = (clock() - started) * 1e3
    return Timed(pruned=spent[WARM_UP:, 0], unpruned=spent[WARM_UP:, 1])
