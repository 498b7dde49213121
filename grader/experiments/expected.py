"""The expectation of each cell of a lab's tables, computed from its `[experiment]`.

It knows the columns and rows by their ids in the lab file: `size`, `parameters`, `sparsity` and
`disk`; other columns have no exact value. Imports no torch.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from grader.experiments.exact import (
    FLOAT_BYTES,
    INDEX_BYTES,
    Change,
    ExpectedSize,
    PruningStep,
    changed,
    half_size,
    parameters,
    prunable_weights,
    pruning,
    sizes,
    widths,
)
from grader.experiments.expectation import CorrectValue, Expectation, KnownMistake
from grader.labs.experiment import (
    DYNAMIC_FLOAT16,
    DYNAMIC_INT8,
    FLOAT32,
    STATIC_INT8,
    ExperimentSpec,
    Quantization,
)
from grader.labs.write_up_table import WriteUpTable
from grader.text import counted

ROWS: Mapping[str, Quantization] = {
    "float32": FLOAT32,
    "dynamic-float16": DYNAMIC_FLOAT16,
    "dynamic-qint8": DYNAMIC_INT8,
    "static-qint8": STATIC_INT8,
}
"""The quantization of each row, by the row's id in the lab file."""

SIZE, PARAMETERS, SPARSITY, DISK = "size", "parameters", "sparsity", "disk"
BINARY_UNITS = ((1024**2 / 1000**2, "1 MB is taken as 1024² bytes"), (1.024, "1 kB as 1024 bytes"))
SPARSITY_TOLERANCE = 0.0005
ZEROS_ARE_SAVED = (
    "the file keeps every zero, so its size does not fall with sparsity; "
    "`to_sparse()` before saving would show it"
)
TO_INT8 = (
    "the size of an int8 network: `prepare_fx` leaves its settings on the network it is given, and "
    "`quantize_dynamic` of the same object then gives int8; quantize a copy"
)


def expected_cells(
    spec: ExperimentSpec, table: WriteUpTable, row: str
) -> Mapping[str, Expectation]:
    """Return the expectations of a row of `table` by column; `row` is the id of a `ReadRow`.

    A column without an exact value has none; a row that the experiment does not have has none at
    all. Raises `GraderError` if the experiment's data set is unknown or its crop too large.
    """
    if table.numbered is not None:
        return pruning_cells(spec, int(row)) if row.isdecimal() else {}
    quantization = ROWS.get(row)
    return {} if quantization is None else quantization_cells(spec, quantization)


@cache
def quantization_cells(spec: ExperimentSpec, row: Quantization) -> Mapping[str, Expectation]:
    """Return the expectations of a row of the quantization table: `size` and `parameters`."""
    return {
        SIZE: Expectation(
            unit="bytes",
            correct=_in_all_units([_size(each) for each in sizes(spec, row)]),
            mistakes=tuple(_wrong_sizes(spec, row)),
        ),
        PARAMETERS: Expectation(
            unit="count",
            correct=tuple(_counts(spec, row)),
            mistakes=tuple(_wrong_counts(spec)),
        ),
    }


@cache
def pruning_cells(spec: ExperimentSpec, iteration: int) -> Mapping[str, Expectation]:
    """Return the expectations after `iteration` prunings: `sparsity` and `disk`.

    There are none beyond the experiment's last iteration.
    """
    steps = pruning(spec)
    if iteration >= len(steps):
        return {}
    return {
        SPARSITY: Expectation(
            unit="fraction",
            correct=tuple(_sparsities(spec, steps[iteration])),
            mistakes=tuple(_wrong_sparsities(spec, steps, iteration)),
        ),
        DISK: Expectation(
            unit="bytes",
            correct=_in_all_units(list(_disk_sizes(spec, steps[iteration]))),
            mistakes=tuple(_wrong_disk_sizes(spec, iteration)),
            complete=False,  # compressed files, and formats of one's own, have other sizes
        ),
    }


def _size(expected: ExpectedSize, remark: str = "") -> CorrectValue:
    return CorrectValue(
        value=expected.bytes,
        tolerance=expected.tolerance,
        variant=expected.variant,
        remark=remark,
    )


def _in_all_units(found: list[CorrectValue]) -> tuple[CorrectValue, ...]:
    """Return the sizes, and then the values that a cell has if it counts in powers of 1024."""
    binary = [
        CorrectValue(
            value=each.value / factor,
            tolerance=each.tolerance / factor,
            variant=f"{each.variant}; {unit}" if each.variant else unit,
            remark=each.remark,
        )
        for factor, unit in BINARY_UNITS
        for each in found
    ]
    return (*found, *binary)


def _mistaken_size(size: ExpectedSize, cause: str, *, doubtful: bool = False) -> KnownMistake:
    return KnownMistake(value=size.bytes, tolerance=size.tolerance, cause=cause, doubtful=doubtful)


def _wrong_sizes(spec: ExperimentSpec, row: Quantization) -> Iterator[KnownMistake]:
    if row == DYNAMIC_FLOAT16:
        yield _mistaken_size(
            half_size(spec),
            "the size after `.half()`; dynamic quantization saves float32, so the file is not "
            "halved",
        )
        for size in (*sizes(spec, STATIC_INT8), *sizes(spec, DYNAMIC_INT8)):
            yield _mistaken_size(size, TO_INT8)
    elif row != FLOAT32:
        (size,) = sizes(spec, FLOAT32)
        yield _mistaken_size(size, "the size of the network before quantization")
        yield _mistaken_size(half_size(spec), "the size of a float16 network")
        dynamic = row == DYNAMIC_INT8
        kind = "static" if dynamic else "dynamic"
        for size in sizes(spec, STATIC_INT8 if dynamic else DYNAMIC_INT8):
            yield _mistaken_size(size, f"the size of {kind} quantization", doubtful=True)
    else:
        for size in (*sizes(spec, DYNAMIC_INT8), *sizes(spec, STATIC_INT8)):
            yield _mistaken_size(size, "the size of a quantized network")
        yield _mistaken_size(half_size(spec), "the size of a float16 network")
    for other_spec, cause in _other_networks(spec):
        for size in sizes(other_spec, row):
            yield _mistaken_size(size, f"the size of {cause}")


def _counts(spec: ExperimentSpec, row: Quantization) -> Iterator[CorrectValue]:
    yield CorrectValue(value=parameters(spec))
    if row != FLOAT32:
        yield CorrectValue(value=0, variant="`parameters()` does not count quantized weights")


def _wrong_counts(spec: ExperimentSpec) -> Iterator[KnownMistake]:
    yield KnownMistake(
        value=prunable_weights(spec), cause="the number of weights without biases", doubtful=True
    )
    for other, cause in _other_networks(spec):
        yield KnownMistake(value=parameters(other), cause=f"the number of {cause}")


def _sparsities(spec: ExperimentSpec, step: PruningStep) -> Iterator[CorrectValue]:
    yield CorrectValue(value=step.sparsity, tolerance=SPARSITY_TOLERANCE)
    pruned = prunable_weights(spec) - step.remaining
    yield CorrectValue(
        value=pruned / parameters(spec),
        tolerance=SPARSITY_TOLERANCE,
        variant="as a part of all parameters, with biases",
    )


def _wrong_sparsities(
    spec: ExperimentSpec, steps: tuple[PruningStep, ...], iteration: int
) -> Iterator[KnownMistake]:
    def mistake(value: float, cause: str, *, doubtful: bool = False) -> KnownMistake:
        return KnownMistake(
            value=value, tolerance=SPARSITY_TOLERANCE, cause=cause, doubtful=doubtful
        )

    fraction = spec.prune_fraction
    for other, start in ((iteration - 1, "1"), (iteration + 1, "0")):
        if 0 <= other < len(steps):
            yield mistake(
                steps[other].sparsity,
                f"the sparsity of iteration {other}: iterations are counted from {start}",
                doubtful=True,
            )
    linear = "the same part of the original weights in each iteration, instead of what remains"
    yield mistake(min(1.0, iteration * fraction), linear)
    if iteration * fraction > 1:  # the last part that fits is pruned, then nothing
        yield mistake(int(1 / fraction) * fraction, linear)
    yield mistake(1 - steps[iteration].sparsity, "the part that remains, instead of the sparsity")
    yield mistake(1 - fraction**iteration, "pruning that leaves the part which should be pruned")
    if iteration:
        yield mistake(fraction, "the part that one iteration prunes, instead of all iterations")


def _disk_sizes(spec: ExperimentSpec, step: PruningStep) -> Iterator[CorrectValue]:
    """Yield the sizes of the ways to save a pruned network, that of the lab's text first."""
    weights, biases = prunable_weights(spec), parameters(spec) - prunable_weights(spec)
    yield _size(step.sparse)
    remark = ZEROS_ARE_SAVED if step.iteration else ""
    yield _size(step.dense, remark)
    yield _size(step.masked, remark)
    entry = FLOAT_BYTES + INDEX_BYTES
    rows = sum(widths(spec)[1:])
    laws = {
        "sparse weights, dense biases": step.sparse.bytes - INDEX_BYTES * biases,
        "sparse CSR": entry * step.remaining + INDEX_BYTES * rows + FLOAT_BYTES * biases,
        "the values that remain, without their places": FLOAT_BYTES * (step.remaining + biases),
        "the dense size times the part that remains": step.dense.bytes * step.remaining // weights,
    }
    for variant, size in laws.items():
        yield _size(ExpectedSize(bytes=size, variant=variant))


def _wrong_disk_sizes(spec: ExperimentSpec, iteration: int) -> Iterator[KnownMistake]:
    """Yield sizes of other networks; a file of another format may have one of them by chance."""
    for other, cause in _other_networks(spec):
        step = pruning(other)[iteration]
        for size in (step.sparse, step.dense, step.masked):
            yield _mistaken_size(size, f"the size of {cause}", doubtful=True)


def _other_networks(spec: ExperimentSpec) -> Iterator[tuple[ExperimentSpec, str]]:
    """Yield the experiments that students run instead, with their names in words."""
    if spec.crop is not None:
        whole = spec.model_copy(update={"crop": None})
        side = round(widths(whole)[0] ** 0.5)
        yield whole, f"a network for images that are not cropped ({side}x{side})"
    hidden = spec.hidden
    if not hidden:
        return
    for layers in (hidden[:-1], (*hidden, hidden[-1])):
        said = counted(
            len(layers),
            "a network with 1 hidden layer instead of {declared}",
            "a network with {count} hidden layers instead of {declared}",
            declared=len(hidden),
        )
        yield changed(spec, Change(hidden=layers)), said
    for width in (2**power for power in range(5, 13)):
        if (width,) * len(hidden) != hidden:
            yield (
                changed(spec, Change(hidden=(width,) * len(hidden))),
                f"a network with hidden layers of {width} units, a change that the text must say",
            )
