"""A compared table as text: each cell, its value in the lab's unit, the reference, the fit."""

from collections.abc import Iterator, Sequence

from grader.experiments.comparison import ComparedCell, ComparedTable, Word
from grader.experiments.text_table import TextTable
from grader.labs.write_up_table import WriteUpColumn, WriteUpTable
from grader.text import counted
from grader.writeup.cell import BYTES, PERCENT, SECONDS

ABSENT = "-"
HEAD = ("Row", "Cell", "Write-up", "Reference", "Difference", "Fit")
LONGEST = 14  # characters of a cell that was not read
_DECIMALS = {"count": 0, "fraction": 4, "size": 3, "time": 4, "number": 3}


def comparison_table(compared: ComparedTable, table: WriteUpTable) -> TextTable:
    """Return the table as text, with the causes of wrong values and what is missing as notes."""
    columns = {each.id: each for each in table.columns}
    title = ", ".join(
        each for each in (table.title, _variant(compared, table), _pages(compared)) if each
    )
    return TextTable(
        title=title,
        head=HEAD,
        rows=tuple(_row(each, columns[each.column]) for each in compared.cells),
        right=frozenset({2, 3, 4}),
        notes=tuple(_notes(compared)),
    )


def _variant(compared: ComparedTable, table: WriteUpTable) -> str:
    titles = {each.id: each.title for each in table.variants}
    return titles.get(compared.read.variant or "", "")


def _pages(compared: ComparedTable) -> str:
    pages = compared.read.pages
    named = ", ".join(map(str, pages))
    return counted(len(pages), "page {named}", "pages {named}", named=named)


def _row(cell: ComparedCell, column: WriteUpColumn) -> tuple[str, ...]:
    unit = "" if column.unit is None else f" ({column.unit})"
    name = f"{column.id}{unit}"
    if cell.value is None:
        text = cell.text if len(cell.text) <= LONGEST else f"{cell.text[: LONGEST - 1]}…"
        return (cell.row, name, text or ABSENT, ABSENT, ABSENT, cell.word)
    return (
        cell.row,
        name,
        _shown(cell.value.number, column),
        _reference(cell, column),
        ABSENT if cell.difference is None else _shown(cell.difference, column, sign=True),
        cell.word,
    )


def _reference(cell: ComparedCell, column: WriteUpColumn) -> str:
    if cell.low is None or cell.high is None:
        return ABSENT
    low, high = _shown(cell.low, column), _shown(cell.high, column)
    return low if low == high else f"{low}-{high}"


def _shown(number: float, column: WriteUpColumn, *, sign: bool = False) -> str:
    unit = (column.unit or "").casefold()
    factor = {"size": BYTES, "time": SECONDS}.get(column.cell, {}).get(unit, 1.0)
    decimals = _DECIMALS.get(column.cell, 3)
    if column.cell == "time" and factor < 1:
        decimals = 3
    if column.cell == "fraction" and unit in PERCENT:
        factor, decimals = 0.01, 2
    return f"{number / factor:{'+' if sign else ''},.{decimals}f}"


def _notes(compared: ComparedTable) -> Iterator[str]:
    read = compared.read
    for what, missing in (("Rows", read.missing_rows), ("Columns", read.missing_columns)):
        if missing:
            yield f"{what} not found: {', '.join(missing)}."
    causes: dict[str, list[ComparedCell]] = {}
    for each in compared.cells:
        if each.cause:
            causes.setdefault(each.cause, []).append(each)
    for cause, cells in causes.items():
        yield f"{_names(cells)}: {cause}."
    for each in compared.cells:
        if each.word is Word.CONTRADICTS and not each.cause:
            yield f"{_names([each])}: no usual cause is known."


def _names(cells: Sequence[ComparedCell]) -> str:
    """Return the names of the cells, by column: "disk of 1, 2, 3"."""
    rows: dict[str, list[str]] = {}
    for each in cells:
        rows.setdefault(each.column, []).append(each.row)
    return "; ".join(f"{column} of {', '.join(each)}" for column, each in rows.items())
