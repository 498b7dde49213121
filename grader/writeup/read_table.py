"""The records of a table as it was read: nothing in it is guessed, and it lists what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.writeup.document import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCell:
    """A cell: its text as read, the number of its page, and its place on the page as shown.

    `text` is None if words stand there that may belong to another cell too.
    """

    text: str | None
    page: int
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadColumn:
    """A column that was found: its id, its heading as written, and the unit in its heading."""

    id: str
    heading: str
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """A row: `id` is the row of the lab that its key names, None if it names none.

    Of numbered rows the id is the number. `variant` is the one that a column which the lab does not
    have names in this row, as "Method". `cells` has the cells that are not empty, by column.
    """

    id: str | None
    page: int
    cells: Mapping[str, ReadCell]
    variant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTable:
    """A table of a write-up.

    `table` and `variant` are ids of the lab; the variant is None if nothing tells which it is.
    `title` is the text above it or below it, "" if there is none. `missing_rows` and
    `missing_columns` are those of the lab that were not found. `other_headings` are those that name
    no column of the lab, as written.
    """

    table: str
    variant: str | None
    title: str
    pages: tuple[int, ...]
    columns: tuple[ReadColumn, ...]
    rows: tuple[ReadRow, ...]
    missing_columns: tuple[str, ...]
    other_headings: tuple[str, ...] = ()
    missing_rows: tuple[str, ...]
