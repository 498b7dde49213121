"""The exact parts of an experiment: counts, sizes in bytes, sparsities. Imports no torch.

They follow from the experiment's own numbers, so a change that a student declares changes them.
"""

import math
from dataclasses import dataclass
from typing import Any

from grader.datasets.registry import training_dataset_named
from grader.errors import GraderError
from grader.labs.experiment import (
    DYNAMIC_FLOAT16,
    DYNAMIC_INT8,
    FLOAT32,
    STATIC_INT8,
    ExperimentSpec,
    Quantization,
)
from grader.networks.family import Shapes
from grader.networks.registry import trained_family_named

TOLERANCE_SHARE = 0.01
TOLERANCE_BYTES = 10_000  # the overhead of a file differs by a few kB between torch's versions

FLOAT_BYTES, HALF_BYTES, INT8_BYTES, INDEX_BYTES = 4, 2, 1, 8
CHANNEL_BYTES = 16  # a scale, float64, and a zero point, int64, of one output channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Overhead:
    """The bytes of a file besides its values: for a network of three layers, and per layer.

    Measured with torch 2.13, to the byte for three layers. torch aligns each tensor to 64 bytes, so
    other networks differ by about that.
    """

    three_layers: int
    layer: int

    def bytes(self, layers: int) -> int:
        """Return the overhead of a network with so many layers."""
        return self.three_layers + self.layer * (layers - 3)


DENSE = Overhead(three_layers=2_633, layer=413)
MASKED = Overhead(three_layers=3_316, layer=640)
SPARSE = Overhead(three_layers=4_069, layer=874)
FLOAT16 = Overhead(three_layers=4_513, layer=1_019)
DYNAMIC = Overhead(three_layers=4_641, layer=1_009)
DYNAMIC_QNNPACK = Overhead(three_layers=4_577, layer=1_009)
PER_CHANNEL = Overhead(three_layers=7_289, layer=1_882)
PER_TENSOR = Overhead(three_layers=6_077, layer=1_510)


def size_tolerance(size: float) -> int:
    """Return the bytes by which a correct file may differ from `size`."""
    return max(math.ceil(TOLERANCE_SHARE * size), TOLERANCE_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of the experiment that a student declares; None where there is none.

    `crop` is the side in pixels: that of the whole image means "not cropped".
    """

    crop: int | None = None
    hidden: tuple[int, ...] | None = None
    prune_fraction: float | None = None
    prune_iterations: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedSize:
    """The expected bytes of a file; `variant` says which of the correct ways gives them."""

    bytes: int
    variant: str = ""

    @property
    def tolerance(self) -> int:
        """The bytes by which a correct file may differ."""
        return size_tolerance(self.bytes)

    def fits(self, found: float) -> bool:
        """True if a file of `found` bytes has the expected size, within the tolerance."""
        return abs(found - self.bytes) <= self.tolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class PruningStep:
    """The exact facts after `iteration` prunings, of which iteration 0 has none.

    `remaining` are the weights left, `sparsity` is the fraction of prunable weights that are gone.
    The sizes on disk are those of the three ways to save the network: as it is after pruning (the
    original weights and a mask), dense (with zeros), and as sparse COO tensors.
    """

    iteration: int
    remaining: int
    sparsity: float
    masked: ExpectedSize
    dense: ExpectedSize
    sparse: ExpectedSize


def changed(spec: ExperimentSpec, change: Change) -> ExperimentSpec:
    """Return the experiment with the declared change. Raises pydantic's `ValidationError`."""
    content: dict[str, Any] = spec.model_dump()
    for name in ("crop", "hidden", "prune_fraction", "prune_iterations"):
        value = getattr(change, name)
        if value is not None:
            content[name] = value
    return ExperimentSpec.model_validate(content)


def widths(spec: ExperimentSpec) -> tuple[int, ...]:
    """Return the inputs, the hidden widths and the classes of the network.

    Raises `GraderError` if the data set is unknown or its images are smaller than the crop.
    """
    dataset = training_dataset_named(spec.dataset)
    channels, height, width = dataset.shape
    if spec.crop is not None:
        if spec.crop > min(height, width):
            raise GraderError(
                f"The images of {dataset.title} are {height}x{width}: a crop of {spec.crop} pixels "
                "is too large.",
                help=f"Set `crop` to at most {min(height, width)}.",
            )
        height = width = spec.crop
    return (channels * height * width, *spec.hidden, len(dataset.classes))


def shapes(spec: ExperimentSpec) -> Shapes:
    """Return name and shape of each tensor of the network. Raises `GraderError` as `widths`."""
    return trained_family_named(spec.network).shapes(widths(spec))


def parameters(spec: ExperimentSpec) -> int:
    """Return the number of parameters of the network, weights and biases."""
    return sum(map(math.prod, shapes(spec).values()))


def prunable_weights(spec: ExperimentSpec) -> int:
    """Return the number of weights that may be pruned: no biases."""
    return sum(math.prod(each) for each in shapes(spec).values() if len(each) > 1)


def sizes(spec: ExperimentSpec, row: Quantization) -> tuple[ExpectedSize, ...]:
    """Return the expected sizes of a row's `torch.save(state_dict)`, one for each correct way.

    Static quantization has two very different ones: x86, fbgemm and onednn keep a scale for each
    output channel, qnnpack one for each tensor.
    """
    return _SIZES[row](spec)


def half_size(spec: ExperimentSpec) -> ExpectedSize:
    """Return the size after `.half()`: float16 values, which dynamic quantization never saves."""
    found = _overhead(spec, DENSE) + HALF_BYTES * parameters(spec)
    return ExpectedSize(bytes=found, variant=".half()")


def pruning(spec: ExperimentSpec) -> tuple[PruningStep, ...]:
    """Return the steps of iterative pruning, from iteration 0 to the last.

    Each prunes `round(prune_fraction * n)` of the `n` weights that remain, as torch does.
    """
    remaining = prunable_weights(spec)
    steps = [_step(spec, 0, remaining)]
    for iteration in range(1, spec.prune_iterations + 1):
        remaining -= round(spec.prune_fraction * remaining)
        steps.append(_step(spec, iteration, remaining))
    return tuple(steps)


def break_even(spec: ExperimentSpec) -> float:
    """Return the sparsity (fraction) from which on the sparse file is smaller than the dense."""
    weights = prunable_weights(spec)
    dense = _dense(spec).bytes
    fixed = _sparse(spec, 0).bytes
    return 1 - (dense - fixed) / _entry_bytes(2) / weights


def _step(spec: ExperimentSpec, iteration: int, remaining: int) -> PruningStep:
    weights = prunable_weights(spec)
    return PruningStep(
        iteration=iteration,
        remaining=remaining,
        sparsity=1 - remaining / weights,
        masked=_masked(spec),
        dense=_dense(spec),
        sparse=_sparse(spec, remaining),
    )


def _dense(spec: ExperimentSpec) -> ExpectedSize:
    found = _overhead(spec, DENSE) + FLOAT_BYTES * parameters(spec)
    return ExpectedSize(bytes=found, variant="dense")


def _masked(spec: ExperimentSpec) -> ExpectedSize:
    values = FLOAT_BYTES * (parameters(spec) + prunable_weights(spec))
    return ExpectedSize(bytes=_overhead(spec, MASKED) + values, variant="original and mask")


def _sparse(spec: ExperimentSpec, remaining: int) -> ExpectedSize:
    """All tensors are sparse, as in the lab's text: also the biases, none of which is zero."""
    values = _entry_bytes(2) * remaining + _entry_bytes(1) * _biases(spec)
    return ExpectedSize(bytes=_overhead(spec, SPARSE) + values, variant="sparse COO")


def _entry_bytes(dimensions: int) -> int:
    return FLOAT_BYTES + INDEX_BYTES * dimensions


def _overhead(spec: ExperimentSpec, overhead: Overhead) -> int:
    return overhead.bytes(len(widths(spec)) - 1)


def _biases(spec: ExperimentSpec) -> int:
    return parameters(spec) - prunable_weights(spec)


def _channels(spec: ExperimentSpec) -> int:
    return sum(each[0] for each in shapes(spec).values() if len(each) > 1)


def _int8(spec: ExperimentSpec, overhead: Overhead) -> int:
    packed = INT8_BYTES * prunable_weights(spec) + FLOAT_BYTES * _biases(spec)
    return _overhead(spec, overhead) + packed


def _dynamic_float16(spec: ExperimentSpec) -> tuple[ExpectedSize, ...]:
    """The file holds float32: only the multiplication is in float16."""
    found = _overhead(spec, FLOAT16) + FLOAT_BYTES * parameters(spec)
    return (ExpectedSize(bytes=found, variant="float32 kept"),)


def _dynamic_int8(spec: ExperimentSpec) -> tuple[ExpectedSize, ...]:
    return (
        ExpectedSize(bytes=_int8(spec, DYNAMIC), variant="x86, fbgemm, onednn"),
        ExpectedSize(bytes=_int8(spec, DYNAMIC_QNNPACK), variant="qnnpack"),
    )


def _static_int8(spec: ExperimentSpec) -> tuple[ExpectedSize, ...]:
    scales = CHANNEL_BYTES * _channels(spec)
    return (
        ExpectedSize(bytes=_int8(spec, PER_CHANNEL) + scales, variant="per channel"),
        ExpectedSize(bytes=_int8(spec, PER_TENSOR), variant="per tensor"),
    )


_SIZES = {
    FLOAT32: lambda spec: (_dense(spec),),
    DYNAMIC_FLOAT16: _dynamic_float16,
    DYNAMIC_INT8: _dynamic_int8,
    STATIC_INT8: _static_int8,
}
