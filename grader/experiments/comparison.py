"""Sets the tables of a write-up beside the reference, cell by cell. Imports no torch."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from grader.experiments.bands import inside
from grader.experiments.expectation import CellFit, Expectation, Fit
from grader.experiments.expected import expected_cells
from grader.experiments.reference import Reference, RowKey
from grader.experiments.summary import Spread
from grader.labs.experiment import ExperimentSpec
from grader.labs.write_up_table import WriteUpColumn, WriteUpTable
from grader.writeup.cell import is_empty
from grader.writeup.cell_value import CellValue, cell_value
from grader.writeup.read_table import ReadCell, ReadTable

ACCURACY = "accuracy"
_BATCH = re.compile(r"latency-(\d+)")  # the id of a column with the latency of one batch size


class Word(StrEnum):
    """How a cell fits its reference, in one word or few."""

    EQUAL = "equal"  # as exact as it is written
    WITHIN = "within the band"
    OUTSIDE = "outside"
    CONTRADICTS = "contradicts"
    DOUBTFUL = "doubtful"
    MEASURED = "measured"
    NO_REFERENCE = "no reference"
    EMPTY = "empty"
    NOT_READ = "not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedCell:
    """A cell beside its reference, in bytes, seconds, as a count or as a fraction of one.

    `value` is None if the cell has none, or it was not read. `low` and `high` are the reference,
    equal for an exact value, and None if there is none. `difference` is the value minus the
    reference's mean. `cause` is the usual cause of a wrong value, or a remark about a correct one.
    """

    row: str
    column: str
    text: str
    word: Word
    value: CellValue | None = None
    low: float | None = None
    high: float | None = None
    difference: float | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedTable:
    """A table of a write-up with all its cells compared, except those of the key columns."""

    read: ReadTable
    cells: tuple[ComparedCell, ...]


def compare(
    read: Sequence[ReadTable],
    tables: Sequence[WriteUpTable],
    spec: ExperimentSpec,
    reference: Reference | None,
) -> tuple[ComparedTable, ...]:
    """Return each table that was read, compared with the exact values of `spec`.

    `reference` has what was measured, None if there is nothing. Raises `GraderError` if the
    experiment's data set is unknown or its crop too large.
    """
    by_id = {each.id: each for each in tables}
    return tuple(
        ComparedTable(read=each, cells=tuple(_cells(each, by_id[each.table], spec, reference)))
        for each in read
    )


def _cells(
    read: ReadTable, table: WriteUpTable, spec: ExperimentSpec, reference: Reference | None
) -> Iterator[ComparedCell]:
    units = {each.id: each.unit for each in read.columns}
    for row in read.rows:
        if row.id is None:
            continue
        variant = row.variant or read.variant
        variants = (variant,) if variant else tuple(each.id for each in table.variants) or (None,)
        beside = _Row(
            id=row.id,
            exact=expected_cells(spec, table, row.id),
            reference=reference,
            keys=tuple(RowKey(row=row.id, variant=each) for each in variants),
        )
        for column in table.columns:
            cell = row.cells.get(column.id)
            if cell is not None and column.id not in table.key and column.cell != "text":
                yield beside.compared(column, cell, units.get(column.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What is known of a row: exact values by column, and the keys of what was measured."""

    id: str
    exact: Mapping[str, Expectation]
    reference: Reference | None
    keys: tuple[RowKey, ...]

    def compared(self, column: WriteUpColumn, cell: ReadCell, unit: str | None) -> ComparedCell:
        """Return a cell beside its reference; `unit` is that of its heading."""
        text = cell.text
        plain = ComparedCell(row=self.id, column=column.id, text=text or "", word=Word.NOT_READ)
        if text is None:
            return plain
        if is_empty(text):
            return replace(plain, word=Word.EMPTY)
        value = cell_value(text, column, unit)
        if value is None:
            return plain
        plain = replace(plain, value=value)
        if column.id in self.exact:
            return _beside_exact(plain, value, self.exact[column.id])
        if column.id == ACCURACY:
            return _beside_accuracies(plain, value, self._accuracy())
        return _beside_latencies(plain, value, self._latency(column))

    def _accuracy(self) -> Spread | None:
        return None if self.reference is None else self.reference.accuracy(self.keys)

    def _latency(self, column: WriteUpColumn) -> Spread | None:
        if self.reference is None or column.cell != "time":
            return None
        batch = _BATCH.fullmatch(column.id)
        return self.reference.latency(self.keys, None if batch is None else int(batch[1]))


def _beside_exact(plain: ComparedCell, value: CellValue, exact: Expectation) -> ComparedCell:
    found = exact.fit(value.number, value.step)
    return replace(
        plain,
        word=_WORDS[found.fit],
        low=found.expected.value,
        high=found.expected.value,
        difference=found.difference,
        cause=_cause(found),
    )


def _cause(found: CellFit) -> str:
    if found.fit is Fit.EQUAL:
        return found.expected.remark
    return "" if found.mistake is None else f"it is {found.mistake.cause}"


def _beside_accuracies(plain: ComparedCell, value: CellValue, band: Spread | None) -> ComparedCell:
    if band is None:
        return replace(plain, word=Word.NO_REFERENCE)
    is_within = inside(value.number, band)
    return _beside(plain, value, band, Word.WITHIN if is_within else Word.OUTSIDE)


def _beside_latencies(plain: ComparedCell, value: CellValue, found: Spread | None) -> ComparedCell:
    """Return a latency beside that of the reference's machine, which need not be the same."""
    if found is None:
        return replace(plain, word=Word.NO_REFERENCE)
    return _beside(plain, value, found, Word.MEASURED)


def _beside(plain: ComparedCell, value: CellValue, spread: Spread, word: Word) -> ComparedCell:
    difference = value.number - spread.mean
    return replace(plain, word=word, low=spread.low, high=spread.high, difference=difference)


_WORDS = {
    Fit.EQUAL: Word.EQUAL,
    Fit.CONTRADICTS: Word.CONTRADICTS,
    Fit.DOUBTFUL: Word.DOUBTFUL,
}
