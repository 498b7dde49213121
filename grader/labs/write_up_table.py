"""A table that a write-up must have, as the lab file describes it."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from grader.labs.table import Table, refuse

Id = Annotated[str, Field(pattern=r"^[0-9a-z][0-9a-z.-]*$")]
Names = Annotated[tuple[str, ...], Field(min_length=1)]
CellKind = Literal["text", "number", "count", "fraction", "size", "time"]


def letters(text: str) -> str:
    """Return the letters and digits of the text, in lower case and without any space.

    Two headings are the same if their letters are: it does not matter where a heading is wrapped.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(each for each in plain if each.isalnum())


class WriteUpColumn(Table):
    """A column: the names that its heading may have, and what each cell must be.

    A `fraction` is one number, as a fraction or in percent; a `size` and a `time` have a unit, and
    a mean may have a deviation. `unit` is the unit of a cell if neither it nor its heading has one.
    A person looks at a cell below `least` or above `most`, which are written as in a cell.
    """

    id: Id
    names: Names
    cell: CellKind = "text"
    unit: str | None = None
    optional: bool = False
    least: str | None = None
    most: str | None = None


class WriteUpRow(Table):
    """A row that the table must have: the texts that its cell in each key column may have.

    `exact` has the value, by column, of cells that can have only one; it is written as in a cell. A
    size may differ from it by 1 %, and each value by one unit of the student's last digit.
    """

    id: Id
    title: str
    key: dict[str, Names]
    exact: dict[str, str] = Field(default_factory=dict)


class NumberedRows(Table):
    """The rows of a table whose key is a whole number: one for each, `first` to `last`."""

    first: Annotated[int, Field(ge=0)]
    last: Annotated[int, Field(ge=0, le=9_999)]


class Variant(Table):
    """One of several experiments that give the same table: its words in a title or a heading."""

    id: Id
    title: str
    words: Names


class WriteUpTable(Table):
    """A table, found by its columns' names. Its rows are told apart by the columns in `key`.

    It has `rows` or `numbered`, not both. With `variants` it is there once for each of them, or
    once with columns for each. An `optional` one may be missing.
    """

    id: Id
    title: str
    key: Names
    columns: Annotated[tuple[WriteUpColumn, ...], Field(min_length=2)]
    rows: tuple[WriteUpRow, ...] = ()
    numbered: NumberedRows | None = None
    variants: tuple[Variant, ...] = ()
    optional: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse(list(self._faults()))
        return self

    def _faults(self) -> Iterator[str]:
        columns = [each.id for each in self.columns]
        for column in sorted(set(self.key) - set(columns)):
            yield f"key: there is no column {column!r}"
        for what, ids in (
            ("column", columns),
            ("row", [each.id for each in self.rows]),
            ("variant", [each.id for each in self.variants]),
        ):
            for twice in sorted({each for each in ids if ids.count(each) > 1}):
                yield f"the {what} {twice!r} is there twice"
        if bool(self.rows) == (self.numbered is not None):
            yield "a table has either rows or numbered"
        if self.numbered is not None and len(self.key) != 1:
            yield "key: numbered rows have one key column"
        if self.numbered is not None and self.numbered.first > self.numbered.last:
            yield "numbered: first must not be greater than last"
        for row in self.rows:
            if set(row.key) != set(self.key):
                yield f"row {row.id!r}: its key must have the columns {', '.join(self.key)}"
            for column in sorted(set(row.exact) - set(columns)):
                yield f"row {row.id!r}, exact: there is no column {column!r}"
        yield from self._names_of_two()

    def _names_of_two(self) -> Iterator[str]:
        owners: dict[str, str] = {}
        for column in self.columns:
            for name in column.names:
                bare = letters(without_unit(name)[0]) or letters(name)
                if owners.setdefault(bare, column.id) != column.id:
                    yield f"{name!r} names two columns: {owners[bare]!r} and {column.id!r}"

    def column(self, id: str) -> WriteUpColumn:
        """Return the column with this id."""
        return next(each for each in self.columns if each.id == id)

    def column_name(self, id: str) -> str:
        """Return the usual heading of a column."""
        return self.column(id).names[0]

    def row_name(self, id: str) -> str:
        """Return the title of a row, or the heading of the key column and the row's number."""
        title = next((each.title for each in self.rows if each.id == id), None)
        return title or f"{self.column_name(self.key[0])} {id}"


_UNITS = r"%|percent|[kmg]i?b|[kmg]?bytes?|bytes?|b|s|sec|secs|seconds?|m|ms|msec|milliseconds?"
_UNITS += r"|µs|μs|us|microseconds?|ns"
_STATISTICS = r"mean|avg|average|std|stdev|sd|±|\+/-|\+-|and|dev|deviation|,|/"
_IN_BRACKETS = re.compile(
    rf"[(\[]\s*((?:(?:{_STATISTICS})\s*)*)({_UNITS})?\s*((?:(?:{_STATISTICS})\s*)*)[)\]]",
    re.IGNORECASE,
)
_AFTER_WORD = re.compile(rf"(?:,|\bin\b|/)\s*({_UNITS})\s*$", re.IGNORECASE)


def without_unit(heading: str) -> tuple[str, str | None]:
    """Return a heading without its unit, and the unit as written: "Size (MB)" has MB."""
    for pattern, group in ((_IN_BRACKETS, 2), (_AFTER_WORD, 1)):
        found = pattern.search(heading)
        if found is not None and found[0].strip("()[] "):
            rest = f"{heading[: found.start()]} {heading[found.end() :]}".strip()
            if letters(rest):
                return rest, found[group]
    return heading, None
