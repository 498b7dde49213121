"""The cells of a table that was read, each compared, and what is odd between them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.evaluators.opened_write_up import OpenedWriteUp
from grader.evaluators.write_up_cells import CONTRADICTS, DIFFERS, FITS, Basis, FoundCell, judged
from grader.evaluators.write_up_limits import exact_cells, limit
from grader.evidence.write_up import CellEvidence
from grader.experiments.bands import Bands
from grader.experiments.expected import ROWS, expected_cells
from grader.experiments.summary import Spread
from grader.labs.experiment import DYNAMIC_FLOAT16
from grader.labs.write_up_table import WriteUpTable
from grader.writeup.read_table import ReadTable

ACCURACY = "accuracy"
ARM = re.compile(
    r"\b(?:arm(?:v\d)?|aarch64|cortex|raspberry\s*pi|rpi|jetson)\b|\bpi\s*[3-5]\b", re.IGNORECASE
)
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
        units = {each.id: each.unit for each in self.read.columns}
        for row in self.read.rows:
            if row.id is None:
                continue
            bases = self._bases(row.id)
            for column in self.table.columns:
                cell = row.cells.get(column.id)
                if cell is None or column.cell == "text" or column.id in self.table.key:
                    continue
                found = FoundCell(
                    row=row.id,
                    column=column,
                    unit=units.get(column.id),
                    cell=cell,
                    page=self.opened.texts[cell.page].page,
                )
                yield self._left_to_a_person(judged(found, bases.get(column.id, Basis())))

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

    def row_name(self, row: str) -> str:
        """A row for a message: its title, or the name of the key column and its number."""
        title = next((each.title for each in self.table.rows if each.id == row), None)
        return title or f"{self.column_name(self.table.key[0])} {row}"

    def column_name(self, column: str) -> str:
        """The usual heading of a column."""
        return self.table.column(column).names[0]

    def name(self, cell: CellEvidence) -> str:
        """A cell for a message."""
        return f"{self.column_name(cell.column)}, {self.row_name(cell.row)}"

    def laws(self, cells: Sequence[CellEvidence]) -> Iterator[str]:
        """Yield for each column that is compared how many cells fit."""
        for column in self.table.columns:
            compared = [each for each in cells if each.column == column.id and each.expected]
            if compared:
                fitting = [each for each in compared if each.fit == FITS]
                ways = Counter(each.way for each in fitting if each.way).most_common(1)
                way = f": {ways[0][0]}" if ways and self.table.numbered else ""
                yield f"{column.names[0]}: {len(fitting)} of {len(compared)} fit{way}"

    def doubts(self, cells: Sequence[CellEvidence]) -> Iterator[str]:
        """Yield what is odd between cells: a batch that takes less time than one image."""
        times = {(each.row, each.column): each.number for each in cells}
        for row in dict.fromkeys(each.row for each in cells):
            one, batch = (times.get((row, each)) for each in LATENCIES)
            if one is not None and batch is not None and batch < one:
                yield f"Look at {self.row_name(row)}: a batch takes less time than one image."
        half = [each for each in cells if ROWS.get(each.row) == DYNAMIC_FLOAT16]
        if any(each.number is not None for each in half) and ARM.search(self.opened.own_words):
            yield f"Look at {self.row_name(half[0].row)}: {NOT_ON_ARM}"

    def _bases(self, row: str) -> dict[str, Basis]:
        """Return what the cells of a row are compared with, by column: the lab file comes first."""
        spec, bands = self.opened.experiment, self.opened.bands
        exact = {} if spec is None else expected_cells(spec, self.table, row)
        exact = {**exact, **exact_cells(self.table, row)}
        band = None if bands is None else _band(bands, self.variant, row)
        return {
            each.id: Basis(
                exact=exact.get(each.id),
                band=band if each.id == ACCURACY else None,
                least=limit(each.least, each),
                most=limit(each.most, each),
            )
            for each in self.table.columns
        }


def _band(bands: Bands, variant: str | None, row: str) -> Spread | None:
    """Return the reference's range of accuracy in a row: over all engines, if there are several."""
    if variant is None:
        found = [each.accuracy for each in bands.quantization if each.row == ROWS.get(row)]
    else:
        steps = next((steps for way, steps in bands.pruning.items() if way == variant), ())
        found = [each.accuracy for each in steps if str(each.iteration) == row]
    if not found:
        return None
    return Spread(
        mean=sum(each.mean for each in found) / len(found),
        low=min(each.low for each in found),
        high=max(each.high for each in found),
    )
