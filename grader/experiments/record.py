"""The records of an experiment's results, and how they are stored as JSON.

Times are in seconds per batch, accuracies are fractions, sizes are bytes.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from grader.errors import GraderError
from grader.files import replace_file

T = TypeVar("T")

Way = Literal["without-retraining", "without-rewinding", "with-rewinding"]
"""A way of iterative pruning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The conditions of a run; another run on the same machine gives the same accuracies.

    `threads` is torch's number of threads. `train_images` and `test_images` are the numbers used:
    fewer than the data set has if the run was `quick`.
    """

    seed: int
    threads: int
    quick: bool
    train_images: int
    test_images: int
    machine: str
    system: str
    processor: str
    python: str
    torch: str
    grader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """The time of a batch of so many images: mean and standard deviation over `runs` runs.

    `steady` is False if the deviation stayed above a tenth of the mean in every measurement.
    """

    batch: int
    mean: float
    deviation: float
    runs: int
    steady: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantizationRow:
    """A row of the quantization table for one engine; "" is torch's plain float32.

    `bytes` is the size of `torch.save(state_dict)`, or of the ExecuTorch program. `parameters` is
    the number that `parameters()` counts: 0 for a quantized network. A row of a device has no
    accuracy: its programs are those whose accuracy this machine measures. If the engine does not
    support the row, `unsupported` has its reason and the other values are None.
    """

    row: str
    engine: str
    bytes: int | None = None
    parameters: int | None = None
    accuracy: float | None = None
    latencies: tuple[Latency, ...] = ()
    unsupported: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PruningRow:
    """The network after `iteration` prunings; `remaining` of its prunable weights are not pruned.

    `masked`, `dense` and `sparse` are the sizes of the three ways to save it.
    """

    iteration: int
    remaining: int
    sparsity: float
    accuracy: float
    latencies: tuple[Latency, ...]
    masked: int
    dense: int
    sparse: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedResult:
    """All finished parts of one seed's run, in order."""

    conditions: Conditions
    quantization: tuple[QuantizationRow, ...]
    pruning: dict[Way, tuple[PruningRow, ...]]


def write_record(path: Path, record: object) -> None:
    """Write a record as JSON, atomically. Raises `OSError`."""
    replace_file(path, TypeAdapter(type(record)).dump_json(record, indent=1) + b"\n")


def read_record(path: Path, kind: type[T]) -> T:
    """Read a record that `write_record` wrote. Raises `GraderError` if it is damaged or missing."""
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise GraderError(
            f"{path} cannot be read as the record of a run.",
            help="Delete the file and run the experiment again: only this part is repeated.",
        ) from error
