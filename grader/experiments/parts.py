"""The parts of a run in their order; each is finished once its record is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from grader.errors import GraderError
from grader.experiments.record import (
    Conditions,
    PruningRow,
    QuantizationRow,
    SeedResult,
    Way,
    read_record,
)
from grader.labs.experiment import FLOAT32, ExperimentSpec, Quantization

WAYS: tuple[Way, ...] = get_args(Way)
PLAIN = ""  # the engine of a float32 network of torch
EXECUTORCH = "executorch"
_ON_BOARD = f"{EXECUTORCH} on "


def board_engine(name: str) -> str:
    """Return the engine of ExecuTorch programs that the device called `name` times."""
    return _ON_BOARD + name


def is_board_engine(engine: str) -> bool:
    """True if the engine is that of a device."""
    return engine.startswith(_ON_BOARD)


def is_program_engine(engine: str) -> bool:
    """True if the engine runs ExecuTorch programs, here or on a device."""
    return engine == EXECUTORCH or is_board_engine(engine)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedFolder:
    """The files of one seed's run."""

    path: Path

    @property
    def conditions(self) -> Path:
        """The record of the conditions."""
        return self.path / "conditions.json"

    @property
    def trained(self) -> Path:
        """The network's initial and trained weights."""
        return self.path / "trained.pt"

    def state(self, way: Way, iteration: int) -> Path:
        """The pruned network after an iteration; kept until the next iteration is finished."""
        return self.path / f"{way}-{iteration:02}.pt"

    def pruning(self, way: Way, iteration: int) -> Path:
        """The record of an iteration of pruning."""
        return self.path / f"{way}-{iteration:02}.json"

    def quantization(self, row: Quantization, engine: str) -> Path:
        """The record of a row of the quantization table."""
        return self.path / f"{row}-{engine or 'torch'}.json".replace(" ", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """The training of one seed's network."""

    seed: int

    def __str__(self) -> str:
        return f"seed {self.seed}, training"

    def record(self, folder: SeedFolder) -> Path:
        """The file that is there once the part is finished."""
        return folder.trained


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantizing:
    """A row of the quantization table for one engine."""

    seed: int
    row: Quantization
    engine: str

    def __str__(self) -> str:
        return f"seed {self.seed}, {self.row} {self.engine}".rstrip()

    def record(self, folder: SeedFolder) -> Path:
        """The file that is there once the part is finished."""
        return folder.quantization(self.row, self.engine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """An iteration of one way of pruning; iteration 0 is the unpruned network."""

    seed: int
    way: Way
    iteration: int

    def __str__(self) -> str:
        return f"seed {self.seed}, pruning {self.way}, iteration {self.iteration}"

    def record(self, folder: SeedFolder) -> Path:
        """The file that is there once the part is finished."""
        return folder.pruning(self.way, self.iteration)


Part = Training | Quantizing | Pruning


def seed_folder(out: Path, seed: int) -> SeedFolder:
    """Return the folder of a seed's run in the results folder `out`."""
    return SeedFolder(path=out / f"seed-{seed}")


def parts_of(spec: ExperimentSpec, seed: int, engines: tuple[str, ...]) -> Iterator[Part]:
    """Yield the parts of one seed in their order, for these engines of quantization.

    An engine of ExecuTorch programs has rows of its own, also for float32.
    """
    yield Training(seed=seed)
    for row in spec.quantization:
        if row == FLOAT32:
            yield Quantizing(seed=seed, row=row, engine=PLAIN)
        for engine in engines:
            if row != FLOAT32 or is_program_engine(engine):
                yield Quantizing(seed=seed, row=row, engine=engine)
    for way in WAYS:
        for iteration in range(spec.prune_iterations + 1):
            yield Pruning(seed=seed, way=way, iteration=iteration)


def experiment_path(out: Path) -> Path:
    """Return the file with the experiment of a results folder."""
    return out / "experiment.json"


def read_run(out: Path) -> tuple[ExperimentSpec, tuple[SeedResult, ...]]:
    """Return the experiment of the results folder `out`, and what is finished of each seed.

    Raises `GraderError` if `out` is no results folder, or a record is damaged.
    """
    if not experiment_path(out).is_file():
        raise GraderError(
            f"{out} has no results of an experiment.",
            help="Make them with `grader experiment run`, and give its results folder.",
        )
    found = [_result(SeedFolder(path=each.parent)) for each in out.glob("seed-*/conditions.json")]
    return (
        read_record(experiment_path(out), ExperimentSpec),
        tuple(sorted(found, key=lambda each: each.conditions.seed)),
    )


def _result(folder: SeedFolder) -> SeedResult:
    rows = [
        read_record(path, QuantizationRow)
        for path in sorted(folder.path.glob("*.json"))
        if path != folder.conditions and not path.name.startswith(WAYS)
    ]
    pruning = {
        way: tuple(
            read_record(path, PruningRow) for path in sorted(folder.path.glob(f"{way}-*.json"))
        )
        for way in WAYS
    }
    return SeedResult(
        conditions=read_record(folder.conditions, Conditions),
        quantization=tuple(rows),
        pruning=pruning,
    )
