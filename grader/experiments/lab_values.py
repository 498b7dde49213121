"""The values that a lab file gives for the cells of a write-up's table: exact ones and limits."""

from collections.abc import Collection, Iterator, Mapping

from grader.errors import GraderError
from grader.experiments.expectation import CorrectValue, Expectation, Unit
from grader.labs.write_up_lab import WriteUpLab
from grader.labs.write_up_table import CellKind, WriteUpColumn, WriteUpTable, letters
from grader.writeup.cell import BYTES, PERCENT, SECONDS, read_value
from grader.writeup.quantity import Reading, is_whole, readings

SIZE_TOLERANCE = 0.01  # of an exact size in the lab file
_UNITS: Mapping[CellKind, Unit] = {
    "size": "bytes",
    "count": "count",
    "number": "count",
    "fraction": "fraction",
}

_KNOWN_UNITS: Mapping[CellKind, Collection[str]] = {
    "size": BYTES,
    "time": SECONDS,
    "fraction": PERCENT,
}


def exact_cells(table: WriteUpTable, row: str) -> Mapping[str, Expectation]:
    """Return the exact values of a row of `table` by column. Raises `GraderError` as `limit`."""
    named = next((each for each in table.rows if each.id == row), None)
    if named is None:
        return {}
    return {id: _exact(text, table.column(id)) for id, text in named.exact.items()}


def limit(text: str | None, column: WriteUpColumn) -> Reading | None:
    """Return the value of a text of the lab file in a column, None for None.

    Raises `GraderError` if it is no value of the column's kind.
    """
    if text is None:
        return None
    value = read_value(text, whole=is_whole(column, None))
    found = () if value is None else readings(value, column, None)
    if not found:
        raise GraderError(
            f"{text!r} is no {column.cell} in the column {column.id!r}.",
            help="Write it in the lab file as a student would write it in the cell.",
        )
    return found[0]


def faults_of_values(lab: WriteUpLab) -> Iterator[str]:
    """Yield the values of the lab's tables that cannot be read, and questions not in its text."""
    for answer in lab.answers:
        if lab.text is not None and letters(answer.excerpt) not in letters(lab.own_text):
            yield f"answers.{answer.id}.excerpt: these words are not in {lab.text}"
    for table in lab.tables:
        for column in table.columns:
            yield from _faults_of_column(f"tables.{table.id}.{column.id}", column)
        for row in table.rows:
            for id, text in row.exact.items():
                where = f"tables.{table.id}.{row.id}.exact"
                column = table.column(id)
                if column.cell in _UNITS:
                    yield from _faults(where, text, column)
                else:
                    yield f"{where}: a {column.cell} in the column {id!r} has no exact value"


def _faults_of_column(where: str, column: WriteUpColumn) -> Iterator[str]:
    known = _KNOWN_UNITS.get(column.cell, ())
    if column.unit is not None and column.unit.casefold() not in known:
        yield f"{where}.unit: {column.unit!r} is no unit of a {column.cell}"
        return
    faults = [
        *_faults(f"{where}.least", column.least, column),
        *_faults(f"{where}.most", column.most, column),
    ]
    yield from faults
    if column.least is None or column.most is None or faults:
        return
    least, most = limit(column.least, column), limit(column.most, column)
    if least is not None and most is not None and least.number > most.number:
        yield f"{where}: least is greater than most"


def _faults(where: str, text: str | None, column: WriteUpColumn) -> Iterator[str]:
    try:
        limit(text, column)
    except GraderError as error:
        yield f"{where}: {str(error).rstrip('.')}"


def _exact(text: str, column: WriteUpColumn) -> Expectation:
    found = limit(text, column)
    assert found is not None
    tolerance = SIZE_TOLERANCE * found.number if column.cell == "size" else 0.0
    correct = CorrectValue(value=found.number, tolerance=tolerance)
    return Expectation(unit=_UNITS[column.cell], correct=(correct,))
