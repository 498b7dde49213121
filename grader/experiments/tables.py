"""The lab's tables, from the results of a run."""

from collections.abc import Iterator, Sequence

from grader.experiments.parts import WAYS, is_board_engine
from grader.experiments.record import Latency, SeedResult, Way
from grader.experiments.summary import (
    PruningSummary,
    QuantizationSummary,
    Spread,
    pruning_summary,
    quantization_summary,
)
from grader.experiments.text_table import TextTable
from grader.labs.experiment import ExperimentSpec
from grader.networks.registry import trained_family_named
from grader.text import counted

MEGABYTE = 1_000_000
MARK = "*"
ABSENT = "-"
UNSUPPORTED = "n/a"  # a note below the table has the reason
TITLES: dict[Way, str] = {
    "without-retraining": "Pruning without retraining",
    "without-rewinding": "Iterative pruning without rewinding",
    "with-rewinding": "Iterative pruning with rewinding",
}


def tables(spec: ExperimentSpec, results: Sequence[SeedResult]) -> tuple[TextTable, ...]:
    """Return the quantization table, and the table of each way of pruning that has begun."""
    pruned = pruning_summary(results)
    return (
        quantization_table(spec, results),
        *(pruning_table(TITLES[way], pruned[way]) for way in WAYS if pruned[way]),
    )


def quantization_table(spec: ExperimentSpec, results: Sequence[SeedResult]) -> TextTable:
    """Return the lab's quantization table with a column for the engine."""
    rows = sorted(
        quantization_summary(results), key=lambda each: spec.quantization.index(each.first.row)
    )
    batches = tuple(f"Latency B{each} (ms)" for each in spec.latency_batches)
    head = ("Model", "Q", "dtype", "Engine", "Size (MB)", "(Params)", "Accuracy", *batches)
    title = trained_family_named(spec.network).title
    return TextTable(
        title="Quantization",
        head=head,
        rows=tuple(_quantization_cells(title, each, len(batches)) for each in rows),
        right=frozenset(range(4, len(head))),
        notes=tuple(_notes(results, [each for row in rows for each in row.latencies], rows)),
    )


def pruning_table(title: str, rows: Sequence[PruningSummary]) -> TextTable:
    """Return the lab's table of pruning, with the sizes of all three ways to save the network."""
    head = (
        "Iteration",
        "Sparsity (%)",
        "Accuracy",
        "Latency (s)",
        "Disk Size (MB)",
        "Dense (MB)",
        "With masks (MB)",
    )
    marked = any(not each.latencies[-1].steady for each in rows if each.latencies)
    return TextTable(
        title=title,
        head=head,
        rows=tuple(map(_pruning_cells, rows)),
        right=frozenset(range(len(head))),
        notes=(SPARSE, UNSTEADY) if marked else (SPARSE,),
    )


SPARSE = "Disk Size is that of sparse COO tensors; the latency is that of the largest batch."
UNSTEADY = f"{MARK} The deviation is above a tenth of the mean: the machine had other work."


def _quantization_cells(title: str, found: QuantizationSummary, batches: int) -> tuple[str, ...]:
    kind, _, dtype = found.first.row.rpartition(" ")
    start = (title, kind or "--", dtype, found.first.engine or "torch")
    if found.first.unsupported:
        return (*start, UNSUPPORTED, *[ABSENT] * (2 + batches))
    parameters = found.first.parameters
    return (
        *start,
        _megabytes(found.first.bytes),
        ABSENT if parameters is None else f"{parameters:,}",
        _accuracy(found.accuracy),
        *(_milliseconds(each) for each in found.latencies),
    )


def _pruning_cells(found: PruningSummary) -> tuple[str, ...]:
    row = found.first
    largest = found.latencies[-1]  # of the largest batch, as a pass over the test set has
    mark = "" if largest.steady else MARK
    return (
        str(row.iteration),
        f"{100 * row.sparsity:.2f}",
        _accuracy(found.accuracy),
        f"{largest.mean:.6f}{mark}",
        _megabytes(row.sparse),
        _megabytes(row.dense),
        _megabytes(row.masked),
    )


def _notes(
    results: Sequence[SeedResult], latencies: Sequence[Latency], rows: Sequence[QuantizationSummary]
) -> Iterator[str]:
    if results:
        first = results[0].conditions
        seeds = ", ".join(str(each.conditions.seed) for each in results)
        threads = counted(first.threads, "1 thread", "{count} threads")
        yield (
            f"Seeds {seeds}; {threads}; torch {first.torch}; {first.processor}. "
            "Accuracies and latencies are means over the seeds."
        )
        if first.quick:
            yield "A quick run with few images and iterations: not a reference."
    if any(not each.steady for each in latencies):
        yield UNSTEADY
    for engine in dict.fromkeys(each.first.engine for each in rows):
        if is_board_engine(engine):
            yield f"{engine}: the latencies of that device, with one thread."
    for each in rows:
        if each.first.unsupported:
            yield f"{each.first.row} with {each.first.engine}: {each.first.unsupported}"


def _megabytes(count: int | None) -> str:
    return ABSENT if count is None else f"{count / MEGABYTE:.3f}"


def _accuracy(found: Spread | None) -> str:
    return ABSENT if found is None else f"{found.mean:.4f}"


def _milliseconds(found: Latency) -> str:
    mark = "" if found.steady else MARK
    return f"{1000 * found.mean:.3f} ± {1000 * found.deviation:.3f}{mark}"
