"""A table of a write-up as the review shows it: rows, and the cells that a person looks at."""

from collections.abc import Iterator
from dataclasses import dataclass

from grader import text
from grader.evidence.ids import table_id
from grader.evidence.write_up import CellEvidence, TableEvidence
from grader.labs.write_up_table import Variant, WriteUpTable
from grader.report.write_up_counts import CONTRADICTS, DIFFERS, FOUND
from grader.review.spots import CELL, PASSAGE, TABLE, Entry, Line, Spot, around

CELLS_AT_MOST = 12  # with a sentence of their own; all are marked on the page
_NAMED = 8
_FITS = "fits"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTable:
    """One table that the lab asks for, or one of its variants, and what was found of it.

    `reason` says why it was not found; it is empty otherwise.
    """

    table: WriteUpTable
    variant: Variant | None
    evidence: TableEvidence
    reason: str

    @property
    def id(self) -> str:
        """The id of the measurement."""
        return table_id(self.table.id, self.variant.id if self.variant else None)

    @property
    def rows(self) -> tuple[int, int]:
        """The number of rows that were found, and of all; nothing is asked of an optional table."""
        evidence = self.evidence
        found = len(dict.fromkeys(evidence.rows))
        if evidence.state == FOUND:
            return found, found + len(evidence.missing_rows)
        if self.table.optional:
            return 0, 0
        numbered = self.table.numbered
        return 0, len(self.table.rows) or (numbered.last - numbered.first + 1 if numbered else 0)

    def many(self, fit: str) -> int:
        """The number of cells with this fit."""
        return sum(each.fit == fit for each in self.evidence.cells)

    def entry(self) -> Entry:
        """The table as an entry of the list."""
        title = f"{self.table.title}: {self.variant.title}" if self.variant else self.table.title
        if self.evidence.state == FOUND:
            return Entry(title=title, asked="", lines=tuple(self._lines()))
        kind = "" if self.table.optional else "look"
        lines = (Line(words=self.reason or "Not measured.", kind=kind),)
        return Entry(title=title, asked="", lines=lines)

    def cells(self) -> Iterator[Spot]:
        """Yield the spot of every cell."""
        return (self._cell_spot(each) for each in self.evidence.cells)

    def _lines(self) -> Iterator[Line]:
        evidence, (found, of) = self.evidence, self.rows
        yield Line(
            words=f"{found} of {of} rows found",
            kind="good" if found == of else "look",
            spots=tuple(self._pages()),
        )
        yield from self._cells(CONTRADICTS, "bad")
        yield from self._cells(DIFFERS, "look")
        yield from (Line(words=each, kind="look") for each in evidence.doubts)
        yield from self._contradictions()
        yield from self._missing()
        remarks: dict[str, CellEvidence] = {}
        for each in evidence.cells:
            if each.fit == _FITS and each.cause:
                remarks.setdefault(each.cause, each)
        for cause, cell in remarks.items():
            yield Line(words=f"{_capital(cause)}.", spots=(self._cell_spot(cell),))
        if evidence.laws:
            yield Line(words=f"{'; '.join(evidence.laws)}.")

    def _contradictions(self) -> Iterator[Line]:
        """Yield the sentences of the text that say something else than the table."""
        for number, each in enumerate(self.evidence.contradictions or (), start=1):
            spot = Spot(
                id=f"{self.id}/sentence {number}",
                page=each.page,
                kind=PASSAGE,
                title=f"The table has {each.table}",
                boxes=each.boxes,
            )
            words = f"The text says: “{each.quote}” The table has {each.table}."
            yield Line(words=words, kind="look", spots=(spot,))

    def _missing(self) -> Iterator[Line]:
        evidence, table = self.evidence, self.table
        unread = [each for each in evidence.cells if each.text is None]
        for what, names in (
            ("Rows not found", map(table.row_name, evidence.missing_rows)),
            ("Columns not found", map(self._column_name, evidence.missing_columns)),
            ("Not read", map(self._name, unread)),
        ):
            if said := text.several(names, _NAMED, "; "):
                yield Line(words=f"{what}: {said}.", kind="look")

    def _cells(self, fit: str, kind: str) -> Iterator[Line]:
        cells = [each for each in self.evidence.cells if each.fit == fit]
        for cell in cells[:CELLS_AT_MOST]:
            expected = f", expected {cell.expected}" if cell.expected else ""
            cause = f". Usual cause: {cell.cause}" if fit == CONTRADICTS and cell.cause else ""
            cause = f": {cell.cause}" if fit == DIFFERS and cell.cause else cause
            yield Line(
                words=f"{self._name(cell)}: {cell.text}{expected}{cause}.",
                kind=kind,
                spots=(self._cell_spot(cell),),
            )
        if len(cells) > CELLS_AT_MOST:
            more = len(cells) - CELLS_AT_MOST
            yield Line(words=f"{more} more cells, marked on the page.", kind=kind)

    def _pages(self) -> Iterator[Spot]:
        evidence = self.evidence
        for page in sorted(set(evidence.pages)):
            boxes = [each.box for each in evidence.cells if each.page == page]
            yield Spot(
                id=f"{self.id}/page {page}",
                page=page,
                kind=TABLE,
                title=self.table.title,
                boxes=(around(boxes),) if boxes else (),
            )

    def _cell_spot(self, cell: CellEvidence) -> Spot:
        fit = cell.fit if cell.fit in {_FITS, CONTRADICTS, DIFFERS} else ""
        expected = f", expected {cell.expected}" if cell.expected else ""
        return Spot(
            id=f"{self.id}/{cell.row}/{cell.column}",
            page=cell.page,
            kind=f"{CELL} {fit}".strip(),
            title=f"{self._name(cell)}: {cell.text or 'not read'}{expected}",
            boxes=(cell.box,),
        )

    def _name(self, cell: CellEvidence) -> str:
        return f"{self._column_name(cell.column)}, {self.table.row_name(cell.row)}"

    def _column_name(self, column: str) -> str:
        known = {each.id for each in self.table.columns}
        return self.table.column_name(column) if column in known else column


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"
