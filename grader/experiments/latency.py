"""The latency of a batch: mean and standard deviation over several runs."""

import statistics
import time
from collections.abc import Callable

import torch

from grader.experiments.record import Latency
from grader.experiments.training import Forward

MOST_DEVIATION = 0.1  # of the mean; above it the machine had other work, or the clock changed
MEASUREMENTS = 3
RUN_SECONDS = 0.05  # a run repeats the batch for about this long: one batch is too short to time

Clock = Callable[[], float]


def latency(
    forward: Forward, batch: torch.Tensor, runs: int, *, clock: Clock = time.perf_counter
) -> Latency:
    """Time `forward` on `batch`, float32 (N, inputs): `runs` runs, in seconds per batch.

    If the deviation is above a tenth of the mean, it is measured again, at most `MEASUREMENTS`
    times in all; then the steadiest measurement is returned, marked as not steady.
    """
    found = []
    with torch.inference_mode():
        repeats = _repeats(forward, batch, clock)
        for _ in range(MEASUREMENTS):
            times = [_run(forward, batch, repeats, clock) for _ in range(runs)]
            mean, deviation = statistics.mean(times), statistics.stdev(times)
            found.append((deviation / mean, mean, deviation))
            if deviation <= MOST_DEVIATION * mean:
                break
    spread, mean, deviation = min(found)
    return Latency(
        batch=len(batch),
        mean=mean,
        deviation=deviation,
        runs=runs,
        steady=spread <= MOST_DEVIATION,
    )


def _repeats(forward: Forward, batch: torch.Tensor, clock: Clock) -> int:
    forward(batch)  # the first call is slower: memory is allocated, kernels are chosen
    once = _run(forward, batch, 3, clock)
    return max(1, round(RUN_SECONDS / once))


def _run(forward: Forward, batch: torch.Tensor, repeats: int, clock: Clock) -> float:
    start = clock()
    for _ in range(repeats):
        forward(batch)
    return (clock() - start) / repeats
