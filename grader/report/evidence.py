"""Typed views of a measurement's evidence, which is plain JSON.

What is missing or of another type reads as absent: a report of an older grader, or one cut short
by a fault, is still shown. docs/json.md lists the keys.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.evidence import ids
from grader.types import Json, Measurement, Report, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """An accuracy: `value`, `low` and `high` (95 % interval) are fractions.

    `sample` says that only some of the test images were looked at.
    """

    value: float
    correct: int | None
    total: int | None
    low: float | None
    high: float | None
    sample: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds per image on a number of threads; `speedup` is over the unpruned network."""

    threads: int
    p50: float
    p90: float | None
    p99: float | None
    spread: float | None
    speedup: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Width:
    """Output channels of one layer, before and after pruning; 0 where the layer is gone."""

    original: int
    kept: int

    @property
    def share(self) -> float:
        """The fraction that was kept."""
        return self.kept / self.original if self.original else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockWidths:
    """One block as seen in Netron; only one that expands has a hidden width of its own."""

    name: str
    hidden: Width | None
    output: Width | None

    @property
    def both(self) -> tuple[Width, ...]:
        """Those that there are."""
        return tuple(each for each in (self.hidden, self.output) if each is not None)


def number(evidence: Mapping[str, Json], key: str) -> float | None:
    """The number under `key`, if it is one."""
    value = evidence.get(key)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def whole_number(evidence: Mapping[str, Json], key: str) -> int | None:
    """The whole number under `key`, if it is one."""
    value = evidence.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def question_cell(report: Report, question: str) -> int | None:
    """The cell, counted from 1, in which a question was found answered."""
    measured = report.measurement(ids.question_id(question))
    return whole_number(measured.evidence, "cell") if measured else None


def strings(evidence: Mapping[str, Json], key: str) -> tuple[str, ...]:
    """The strings of the list under `key`."""
    values = evidence.get(key)
    return tuple(v for v in values if isinstance(v, str)) if isinstance(values, list) else ()


def tables(evidence: Mapping[str, Json], key: str) -> Iterator[Mapping[str, Json]]:
    """The objects of the list under `key`."""
    values = evidence.get(key)
    yield from (v for v in values if isinstance(v, dict)) if isinstance(values, list) else ()


def value(measurement: Measurement | None) -> float | None:
    """The value of a measurement that passed."""
    if measurement is None or measurement.status is not Status.PASSED:
        return None
    return measurement.value


def rate(measurement: Measurement | None) -> Rate | None:
    """The accuracy in a measurement, if there is one.

    One that FAILED for its value (not the same network) still has it, and it is still shown.
    """
    if measurement is None or measurement.value is None:
        return None
    evidence = measurement.evidence
    return Rate(
        value=measurement.value,
        correct=whole_number(evidence, "correct"),
        total=whole_number(evidence, "total"),
        low=number(evidence, "low"),
        high=number(evidence, "high"),
        sample=evidence.get("sample") is True,
    )


def confusion(measurement: Measurement | None) -> tuple[tuple[int, ...], ...]:
    """The confusion matrix, rows true classes and columns answers; empty where it is no square."""
    found = measurement.evidence.get("confusion") if measurement else None
    lines = [line for line in found if isinstance(line, list)] if isinstance(found, list) else []
    counts = tuple(tuple(each for each in line if isinstance(each, int)) for line in lines)
    return counts if all(len(line) == len(counts) for line in counts) else ()


def timings(measurement: Measurement | None) -> tuple[Timing, ...]:
    """What `latency.executorch` measured, fewest threads first."""
    found = () if measurement is None else tables(measurement.evidence, "threads")
    rows = [row for row in map(_timing, found) if row is not None]
    return tuple(sorted(rows, key=lambda row: row.threads))


def _timing(row: Mapping[str, Json]) -> Timing | None:
    threads, p50 = whole_number(row, "threads"), number(row, "p50")
    if threads is None or p50 is None:
        return None
    return Timing(
        threads=threads,
        p50=p50,
        p90=number(row, "p90"),
        p99=number(row, "p99"),
        spread=number(row, "spread"),
        speedup=number(row, "speedup"),
    )


def blocks(measurement: Measurement | None) -> tuple[BlockWidths, ...]:
    """What `structure.lineage` found, block by block, from the stem to the last convolution.

    Its `widths` name a layer `<block> hidden`, `<block> output`, or `<block>` alone.
    """
    found: dict[str, dict[str, Width]] = {}
    for row in () if measurement is None else tables(measurement.evidence, "widths"):
        layer = row.get("layer")
        original, kept = whole_number(row, "original"), whole_number(row, "kept")
        if isinstance(layer, str) and original is not None and kept is not None:
            name, _, part = layer.partition(" ")
            found.setdefault(name, {})[part or "output"] = Width(original=original, kept=kept)
    return tuple(
        BlockWidths(name=name, hidden=parts.get("hidden"), output=parts.get("output"))
        for name, parts in found.items()
    )
