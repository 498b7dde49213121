"""The cells of a table that was read, each compared, and what is odd between them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.evaluators.opened_write_up import OpenedWriteUp
from grader.evidence.write_up import CellEvidence
from grader.experiments.comparison import ACCURACY, ComparedCell, KnownRow, Word
from grader.experiments.expected import ROWS, expected_cells
from grader.experiments.lab_values import exact_cells
from grader.labs.experiment import DYNAMIC_FLOAT16
from grader.labs.write_up_table import WriteUpColumn, WriteUpTable
from grader.text import percent, several
from grader.writeup.cell import BYTES
from grader.writeup.document import pages_in_words
from grader.writeup.passages import fractions
from grader.writeup.read_table import ReadTable

FITS, CONTRADICTS, DIFFERS = "fits", "contradicts", "differs"
NO_VALUE, NOT_READ, NOT_COMPARED = "no value", "not read", "not compared"
_FITS = {
    Word.EQUAL: FITS,
    Word.WITHIN: FITS,
    Word.OUTSIDE: DIFFERS,
    Word.DOUBTFUL: DIFFERS,
    Word.CONTRADICTS: CONTRADICTS,
    Word.EMPTY: NO_VALUE,
    Word.NOT_READ: NOT_READ,
    Word.MEASURED: NOT_COMPARED,
    Word.NO_REFERENCE: NOT_COMPARED,
}
ARM = re.compile(
    r"\b(?:arm(?:v\d)?|aarch64|cortex|raspberry\s*pi|rpi|jetson)\b|\bpi\s*[3-5]\b", re.IGNORECASE
)
NAMED = 5  # rows in a message
SAME_TIMES = 3  # latencies of two machines: fewer may be equal by rounding
NOT_ON_ARM = "on Arm PyTorch's engine, QNNPACK, does not support float16, so a number is unusual."
LATENCIES = ("latency-1", "latency-64")  # of one image, and of a batch


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRows:
    """A table as it was read; `variant` is the one that it counts as, None if it has none."""

    table: WriteUpTable
    variant: str | None
    read: ReadTable
    opened: OpenedWriteUp

    def judged(self) -> Iterator[CellEvidence]:
        """Yield the cells of the lab's rows and columns, without the names of the rows."""
        for row in self.read.rows:
            if row.id is not None:
                known = self._known(row.id)
                for cell in known.compared(row, self.read, self.table):
                    yield self._left_to_a_person(self._evidence(cell))

    def _evidence(self, cell: ComparedCell) -> CellEvidence:
        page = self.opened.texts[cell.cell.page].page
        value = cell.value
        return CellEvidence(
            row=cell.row,
            column=cell.column,
            page=page.number,
            box=fractions(cell.cell.box, page),
            text=cell.cell.text,
            number=None if value is None else value.number,
            deviation=None if value is None else value.deviation,
            unit=None if value is None else value.unit or None,
            fit=_FITS[cell.word],
            expected=_expected(cell, self.table.column(cell.column)),
            cause=cell.cause or None,
            way=cell.way or None if cell.word is Word.EQUAL else None,
        )

    def _left_to_a_person(self, cell: CellEvidence) -> CellEvidence:
        """A contradiction is for a person if the text says that something was changed."""
        unclear = self.opened.unclear_changes
        if cell.fit != CONTRADICTS or not unclear:
            return cell
        return replace(cell, fit=DIFFERS, cause=f"the text says: {unclear[0]}")

    @property
    def missing_rows(self) -> tuple[str, ...]:
        """The rows that were not found, without iterations that were not run as declared."""
        spec = self.opened.experiment
        last = None if spec is None or self.table.numbered is None else spec.prune_iterations
        return tuple(each for each in self.read.missing_rows if last is None or int(each) <= last)

    @property
    def whole_rows(self) -> int:
        """The number of the lab's rows with a cell in every column that is not optional."""
        needed = {each.id for each in self.table.columns if not each.optional}
        return len({each.id for each in self.read.rows if each.id and needed <= each.cells.keys()})

    def name(self, cell: CellEvidence) -> str:
        """A cell for a message."""
        return f"{self.table.column_name(cell.column)}, {self.table.row_name(cell.row)}"

    def laws(self, cells: Sequence[CellEvidence]) -> Iterator[str]:
        """Yield how many cells of each compared column fit, then the rows with empty cells."""
        for column in self.table.columns:
            compared = [each for each in cells if each.column == column.id and each.expected]
            if compared:
                fitting = [each for each in compared if each.fit == FITS]
                ways = Counter(each.way for each in fitting if each.way).most_common(1)
                way = f": {ways[0][0]}" if ways and self.table.numbered else ""
                units = dict.fromkeys(each.unit for each in fitting if each.unit)
                unit = f", read in {' and '.join(units)}" if units else ""
                yield f"{column.names[0]}: {len(fitting)} of {len(compared)} fit{way}{unit}"
        empty = Counter(each.row for each in cells if each.fit == NO_VALUE)
        if empty:
            rows = (f"{self.table.row_name(row)} ({many})" for row, many in empty.items())
            yield f"Cells without a value: {several(rows, NAMED, '; ')}"

    def doubts(self, cells: Sequence[CellEvidence]) -> Iterator[str]:
        """Yield what is odd between cells, and beside another table of the same experiment."""
        times = {(each.row, each.column): each.number for each in cells}
        for row in dict.fromkeys(each.row for each in cells):
            one, batch = (times.get((row, each)) for each in LATENCIES)
            if one is not None and batch is not None and batch < one:
                yield f"Look at {self.table.row_name(row)}: a batch takes less time than one image."
        half = [each for each in cells if ROWS.get(each.row) == DYNAMIC_FLOAT16]
        if any(each.number is not None for each in half) and ARM.search(self.opened.own_words):
            yield f"Look at {self.table.row_name(half[0].row)}: {NOT_ON_ARM}"
        for other in self.opened.tables[self.table.id]:
            if other is not self.read and other.variant == self.read.variant:
                same = self._equal_times(other)
                if same >= SAME_TIMES:
                    yield (
                        f"Look at the table on {pages_in_words(other.pages)}: {same} latencies are "
                        "equal to this table's, as if one machine had measured both."
                    )

    def _equal_times(self, other: ReadTable) -> int:
        """Return how many latencies stand in both tables, in the same row and column."""
        times = [each.id for each in self.table.columns if each.cell == "time"]
        rows = {each.id: each for each in other.rows if each.id is not None}
        pairs = [
            (row.cells.get(column), rows[row.id].cells.get(column))
            for row in self.read.rows
            if row.id in rows
            for column in times
        ]
        return sum(
            mine is not None
            and its is not None
            and mine.text == its.text
            and any(each.isdigit() for each in mine.text or "")
            for mine, its in pairs
        )

    def _known(self, row: str) -> KnownRow:
        """Return what the cells of a row are compared with: the lab file's values come first."""
        spec = self.opened.experiment
        exact = {} if spec is None else expected_cells(spec, self.table, row)
        return KnownRow(
            id=row,
            exact={**exact, **exact_cells(self.table, row)},
            reference=self.opened.reference,
            variants=() if self.variant is None else (self.variant,),
        )


def _expected(cell: ComparedCell, column: WriteUpColumn) -> str | None:
    """Return the expected value, or the reference's range, as a student would write it."""
    if cell.low is None or cell.high is None:
        return None
    if cell.low != cell.high or column.id == ACCURACY:
        low, high = shown_value(cell.low, column), shown_value(cell.high, column)
        return f"{low} to {high} in the reference"
    return shown_value(cell.low, column) + (f" ({cell.way})" if cell.way else "")


def shown_value(number: float, column: WriteUpColumn) -> str:
    """Return bytes, seconds, a count or a fraction as a student would write it in a column."""
    match column.cell:
        case "size":
            unit = column.unit or "MB"
            digits = f"{number / BYTES.get(unit.casefold(), 1e6):,.3f}"
            return f"{digits.rstrip('0').rstrip('.')} {unit}"
        case "fraction":
            return percent(number)
        case "time":
            return f"{number * 1e3:.3g} ms"
        case _:
            return f"{number:,.10g}"
