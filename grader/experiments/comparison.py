"""Sets the tables of a write-up beside the reference, cell by cell. Imports no torch."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from grader.experiments.bands import inside
from grader.experiments.expectation import CellFit, Expectation, Fit
from grader.experiments.expected import expected_cells
from grader.experiments.lab_values import exact_cells, limit
from grader.experiments.reference import Reference, RowKey
from grader.experiments.summary import Spread
from grader.labs.experiment import ExperimentSpec
from grader.labs.write_up_table import WriteUpColumn, WriteUpTable
from grader.writeup.cell import is_empty, read_value
from grader.writeup.quantity import Reading, is_whole, readings
from grader.writeup.read_table import ReadCell, ReadRow, ReadTable

ACCURACY = "accuracy"
_BATCH = re.compile(r"latency-(\d+)")  # the id of a column with the latency of one batch size


class Word(StrEnum):
    """How a cell fits its reference, in one word or few."""

    EQUAL = "equal"  # as exact as it is written
    WITHIN = "within"  # the reference's range
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
    equal for an exact value, and None if there is none. `way` says which of several correct ways
    gives the exact value. `difference` is the value minus the reference's mean. `cause` is the
    usual cause of a wrong value, or a remark about a correct one.
    """

    row: str
    column: str
    cell: ReadCell
    word: Word
    value: Reading | None = None
    low: float | None = None
    high: float | None = None
    way: str = ""
    difference: float | None = None
    cause: str = ""

    @property
    def text(self) -> str:
        """The cell as written, "" if it was not read."""
        return self.cell.text or ""


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
    for row in read.rows:
        if row.id is not None:
            variant = row.variant or read.variant
            exact = {**expected_cells(spec, table, row.id), **exact_cells(table, row.id)}
            known = KnownRow(
                id=row.id,
                exact=exact,
                reference=reference,
                variants=(variant,) if variant else tuple(each.id for each in table.variants),
            )
            yield from known.compared(row, read, table)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRow:
    """What is known of a row: exact values by column, and what was measured of its variants.

    A table without variants has none.
    """

    id: str
    exact: Mapping[str, Expectation]
    reference: Reference | None
    variants: tuple[str, ...]

    def compared(
        self, row: ReadRow, read: ReadTable, table: WriteUpTable
    ) -> Iterator[ComparedCell]:
        """Yield the cells of the row beside their reference, without its names."""
        units = {each.id: each.unit for each in read.columns}
        for column in table.columns:
            cell = row.cells.get(column.id)
            if cell is not None and column.id not in table.key and column.cell != "text":
                yield self._compared(column, cell, units.get(column.id))

    def _compared(self, column: WriteUpColumn, cell: ReadCell, unit: str | None) -> ComparedCell:
        """Return a cell beside its reference; `unit` is that of its heading."""
        plain = ComparedCell(row=self.id, column=column.id, cell=cell, word=Word.NOT_READ)
        if cell.text is None:
            return plain
        if is_empty(cell.text):
            return replace(plain, word=Word.EMPTY)
        written = read_value(cell.text, whole=is_whole(column, unit))
        values = () if written is None else readings(written, column, unit)
        if not values:
            return plain
        if column.id in self.exact:
            return _beside_exact(plain, values, self.exact[column.id])
        found = [self._measured(plain, each, column) for each in values]
        return next((each for each in found if each.word is not Word.OUTSIDE), found[0])

    def _measured(self, plain: ComparedCell, value: Reading, column: WriteUpColumn) -> ComparedCell:
        """Return the cell with one of its values, beside what was measured and the lab's limits."""
        plain = replace(plain, value=value, word=Word.NO_REFERENCE)
        spread = self._accuracy() if column.id == ACCURACY else self._latency(column)
        if spread is not None:
            plain = _beside(plain, value, spread, is_time=column.cell == "time")
        return replace(plain, **_outside(value, column))

    def _accuracy(self) -> Spread | None:
        return None if self.reference is None else self.reference.accuracy(self._keys)

    def _latency(self, column: WriteUpColumn) -> Spread | None:
        if self.reference is None or column.cell != "time":
            return None
        batch = _BATCH.fullmatch(column.id)
        return self.reference.latency(self._keys, None if batch is None else int(batch[1]))

    @property
    def _keys(self) -> tuple[RowKey, ...]:
        variants: tuple[str | None, ...] = self.variants or (None,)
        return tuple(RowKey(row=self.id, variant=each) for each in variants)


def _beside_exact(
    plain: ComparedCell, values: Sequence[Reading], exact: Expectation
) -> ComparedCell:
    """Compare with exact values; a cell that could be several has the value that is right."""
    fits = [(each, exact.fit(each.number, each.step)) for each in values]
    value, found = next((each for each in fits if each[1].fit is Fit.EQUAL), fits[0])
    return replace(
        plain,
        value=value,
        word=_WORDS[found.fit],
        low=found.expected.value,
        high=found.expected.value,
        way=found.expected.variant,
        difference=found.difference,
        cause=_cause(found),
    )


def _cause(found: CellFit) -> str:
    if found.fit is Fit.EQUAL:
        return found.expected.remark
    return "" if found.mistake is None else f"it is {found.mistake.cause}"


def _beside(plain: ComparedCell, value: Reading, spread: Spread, *, is_time: bool) -> ComparedCell:
    """Compare with what was measured; another machine's latency is not judged."""
    difference = value.number - spread.mean
    plain = replace(plain, low=spread.low, high=spread.high, difference=difference)
    if is_time:
        return replace(plain, word=Word.MEASURED)
    if inside(value.number, spread):
        return replace(plain, word=Word.WITHIN)
    return replace(plain, word=Word.OUTSIDE, cause="outside of the reference's range")


def _outside(value: Reading, column: WriteUpColumn) -> dict[str, Any]:
    """Return the changes of a cell that is outside of the lab file's limits."""
    least, most = limit(column.least, column), limit(column.most, column)
    if least is not None and value.number < least.number:
        return {"word": Word.OUTSIDE, "cause": f"below {column.least}"}
    if most is not None and value.number > most.number:
        return {"word": Word.OUTSIDE, "cause": f"above {column.most}"}
    return {}


_WORDS = {
    Fit.EQUAL: Word.EQUAL,
    Fit.CONTRADICTS: Word.CONTRADICTS,
    Fit.DOUBTFUL: Word.DOUBTFUL,
}
