"""The ranges of accuracy that ship with the project, from a finished run of several seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.errors import GraderError
from grader.experiments.exact import prunable_weights
from grader.experiments.record import Conditions, SeedResult, Way, read_record
from grader.experiments.summary import Spread, pruning_summary, quantization_summary
from grader.labs.experiment import ExperimentSpec

FOLDER = Path(__file__).parent / "bands"
LEAST_SEEDS = 3
LEAST_MARGIN = 0.01  # accuracy; three seeds of one machine do not show the whole spread


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantizationBand:
    """The accuracy of a row of the quantization table for one engine over the seeds."""

    row: str
    engine: str
    accuracy: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class PruningBand:
    """The accuracy after `iteration` prunings over the seeds; `remaining` weights are left."""

    iteration: int
    remaining: int
    accuracy: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The ranges of an experiment, and the conditions of each seed from which they come."""

    experiment: ExperimentSpec
    conditions: tuple[Conditions, ...]
    quantization: tuple[QuantizationBand, ...]
    pruning: dict[Way, tuple[PruningBand, ...]]


def bands_of(spec: ExperimentSpec, results: Sequence[SeedResult]) -> Bands:
    """Return the ranges of a finished run.

    Raises `GraderError` if the run was quick, has fewer than three seeds, or is not finished.
    """
    _check(spec, results)
    return Bands(
        experiment=spec,
        conditions=tuple(each.conditions for each in results),
        quantization=tuple(
            QuantizationBand(
                row=each.first.row,
                engine=each.first.engine,
                accuracy=each.accuracy,
            )
            for each in quantization_summary(results)
            if each.accuracy is not None
        ),
        pruning={
            way: tuple(
                PruningBand(
                    iteration=each.first.iteration,
                    remaining=each.first.remaining,
                    accuracy=each.accuracy,
                )
                for each in rows
            )
            for way, rows in pruning_summary(results).items()
        },
    )


def inside(accuracy: float, spread: Spread) -> bool:
    """True if an accuracy (fraction) is as those of the reference.

    The range is wider than the seeds' on both sides, by their spread, at least one point.
    """
    margin = max(LEAST_MARGIN, spread.high - spread.low)
    return spread.low - margin <= accuracy <= spread.high + margin


@cache
def shipped_bands(folder: Path = FOLDER) -> tuple[Bands, ...]:
    """Return all bands that ship with the grader, each in a file of its lab's name."""
    return tuple(read_record(path, Bands) for path in sorted(folder.glob("*.json")))


def _check(spec: ExperimentSpec, results: Sequence[SeedResult]) -> None:
    whole = spec.prune_iterations + 1
    faults = []
    if len(results) < LEAST_SEEDS:
        faults.append(f"it has {len(results)} seeds instead of at least {LEAST_SEEDS}")
    if any(each.conditions.quick for each in results):
        faults.append("it was quick")
    if any(len(rows) != whole for each in results for rows in each.pruning.values()):
        faults.append("it is not finished")
    weights = prunable_weights(spec)
    if any(
        rows and rows[0].remaining != weights for each in results for rows in each.pruning.values()
    ):
        faults.append("it pruned another network")
    if faults:
        raise GraderError(
            f"This run gives no bands: {'; '.join(faults)}.",
            help="Run the experiment with --seeds 3 and without --quick to its end.",
        )
