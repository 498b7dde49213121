"""The measured reference beside a write-up: accuracies over seeds, and latencies of one machine."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.experiments.bands import Bands, shipped_bands
from grader.experiments.expected import ROWS
from grader.experiments.parts import is_program_engine
from grader.experiments.record import Latency, SeedResult
from grader.experiments.summary import Spread, pruning_summary, quantization_summary
from grader.labs.experiment import ExperimentSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class RowKey:
    """A row of a lab's tables: the row's id, and for pruning the way, which is a variant's id.

    Without a `variant` it is a row of the quantization table.
    """

    row: str
    variant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The experiment, and what was measured of it, by row; empty if there is no run of it.

    A row has a spread of accuracies for each engine, and the latencies of each.
    """

    experiment: ExperimentSpec
    accuracies: Mapping[RowKey, tuple[Spread, ...]] = field(default_factory=dict)
    latencies: Mapping[RowKey, tuple[Latency, ...]] = field(default_factory=dict)

    def accuracy(self, keys: Iterable[RowKey]) -> Spread | None:
        """Return the spread of the accuracies of these rows over seeds and engines."""
        return _around([each for key in keys for each in self.accuracies.get(key, ())])

    def latency(self, keys: Iterable[RowKey], batch: int | None) -> Spread | None:
        """Return the spread of the mean latencies in seconds, of one batch size or of all."""
        return _around(
            [
                Spread(mean=each.mean, low=each.mean, high=each.mean)
                for key in keys
                for each in self.latencies.get(key, ())
                if batch in {None, each.batch}
            ]
        )


_IDS = {row: id for id, row in ROWS.items()}


def reference_of_bands(bands: Bands) -> Reference:
    """Return the shipped bands as a reference; they have no latencies."""
    accuracies: dict[RowKey, tuple[Spread, ...]] = {}
    for row in bands.quantization:
        if row.row in _IDS and not is_program_engine(row.engine):
            key = RowKey(row=_IDS[row.row])
            accuracies[key] = (*accuracies.get(key, ()), row.accuracy)
    for way, steps in bands.pruning.items():
        for step in steps:
            accuracies[RowKey(row=str(step.iteration), variant=way)] = (step.accuracy,)
    return Reference(experiment=bands.experiment, accuracies=accuracies)


def reference_of_results(spec: ExperimentSpec, results: Sequence[SeedResult]) -> Reference:
    """Return the results of a run, finished or not, as a reference."""
    accuracies: dict[RowKey, tuple[Spread, ...]] = {}
    latencies: dict[RowKey, tuple[Latency, ...]] = {}
    for row in quantization_summary(results):
        is_program = is_program_engine(row.first.engine)
        if row.first.row in _IDS and not is_program and row.accuracy is not None:
            key = RowKey(row=_IDS[row.first.row])
            accuracies[key] = (*accuracies.get(key, ()), row.accuracy)
            latencies[key] = (*latencies.get(key, ()), *row.latencies)
    for way, steps in pruning_summary(results).items():
        for step in steps:
            key = RowKey(row=str(step.first.iteration), variant=way)
            accuracies[key] = (step.accuracy,)
            latencies[key] = step.latencies
    return Reference(experiment=spec, accuracies=accuracies, latencies=latencies)


def same_network(one: ExperimentSpec, other: ExperimentSpec) -> bool:
    """True if the accuracies of two experiments are the same: other iterations do not matter."""
    iterations = {"prune_iterations": other.prune_iterations}
    return one.model_copy(update=iterations) == other


def bands_for(spec: ExperimentSpec) -> Bands | None:
    """Return the bands that ship for the network of an experiment; None if there are none."""
    found = (each for each in shipped_bands() if same_network(each.experiment, spec))
    return next(found, None)


def _around(found: Sequence[Spread]) -> Spread | None:
    """Return one spread over several, with the mean of their means; None if there is none."""
    if not found:
        return None
    return Spread(
        mean=statistics.mean(each.mean for each in found),
        low=min(each.low for each in found),
        high=max(each.high for each in found),
    )
