"""The means over the seeds of a run: what the tables and the plots show."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from grader.experiments.parts import WAYS
from grader.experiments.record import Latency, PruningRow, QuantizationRow, SeedResult, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The mean, the lowest and the highest of one value over the seeds."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantizationSummary:
    """A row of the quantization table for one engine over all seeds; `first` is the first seed's.

    Bytes and parameters are those of `first`: they do not depend on the seed.
    """

    first: QuantizationRow
    accuracy: Spread | None
    latencies: tuple[Latency, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PruningSummary:
    """An iteration of pruning over all seeds; counts and sizes are those of the first seed."""

    first: PruningRow
    accuracy: Spread
    latencies: tuple[Latency, ...]


def quantization_summary(results: Sequence[SeedResult]) -> tuple[QuantizationSummary, ...]:
    """Return the rows of the quantization table, in the order of the first seed's records."""
    rows = [row for result in results for row in result.quantization]
    found = []
    for row, engine in dict.fromkeys((each.row, each.engine) for each in rows):
        same = [each for each in rows if (each.row, each.engine) == (row, engine)]
        found.append(
            QuantizationSummary(
                first=same[0],
                accuracy=_spread([each.accuracy for each in same if each.accuracy is not None]),
                latencies=_latencies([each.latencies for each in same]),
            )
        )
    return tuple(found)


def pruning_summary(results: Sequence[SeedResult]) -> dict[Way, tuple[PruningSummary, ...]]:
    """Return the iterations of each way of pruning that at least one seed has finished."""
    return {way: tuple(_iterations(results, way)) for way in WAYS}


def _iterations(results: Sequence[SeedResult], way: Way) -> Iterable[PruningSummary]:
    rows = [row for result in results for row in result.pruning[way]]
    for iteration in sorted({each.iteration for each in rows}):
        same = [each for each in rows if each.iteration == iteration]
        spread = _spread([each.accuracy for each in same])
        assert spread is not None
        yield PruningSummary(
            first=same[0], accuracy=spread, latencies=_latencies([each.latencies for each in same])
        )


def _spread(values: Sequence[float]) -> Spread | None:
    if not values:
        return None
    return Spread(mean=statistics.mean(values), low=min(values), high=max(values))


def _latencies(found: Sequence[tuple[Latency, ...]]) -> tuple[Latency, ...]:
    """Return the latency of each batch size: the means over the seeds of mean and deviation.

    It is steady only if that of every seed is.
    """
    by_batch: dict[int, list[Latency]] = {}
    for each in (latency for of_seed in found for latency in of_seed):
        by_batch.setdefault(each.batch, []).append(each)
    return tuple(
        Latency(
            batch=batch,
            mean=_mean(each, lambda one: one.mean),
            deviation=_mean(each, lambda one: one.deviation),
            runs=each[0].runs,
            steady=all(one.steady for one in each),
        )
        for batch, each in sorted(by_batch.items())
    )


def _mean(found: Sequence[Latency], value: Callable[[Latency], float]) -> float:
    return statistics.mean(map(value, found))
