"""Tables as they would be read from a write-up."""

from collections.abc import Mapping

from grader.labs.kinds import load_lab
from grader.labs.write_up_lab import WriteUpLab
from grader.writeup.document import Box
from grader.writeup.read_table import ReadCell, ReadColumn, ReadRow, ReadTable

_LAB = load_lab("on-device-2022")
assert isinstance(_LAB, WriteUpLab)
LAB = _LAB
QUANTIZATION, PRUNING = LAB.tables
_BOX = Box(x0=0, top=0, x1=1, bottom=1)


def read_table(
    table: str,
    rows: Mapping[str | None, Mapping[str, str | None]],
    *,
    variant: str | None = None,
    units: Mapping[str, str] | None = None,
) -> ReadTable:
    """Return a table with the texts of its cells, by row and column, and units of headings."""
    columns = dict.fromkeys(column for cells in rows.values() for column in cells)
    return ReadTable(
        table=table,
        variant=variant,
        title="",
        pages=(2,),
        columns=tuple(
            ReadColumn(id=each, heading=each, unit=(units or {}).get(each)) for each in columns
        ),
        rows=tuple(
            ReadRow(
                id=id,
                page=2,
                cells={
                    column: ReadCell(text=text, page=2, box=_BOX) for column, text in cells.items()
                },
            )
            for id, cells in rows.items()
        ),
        missing_columns=("latency-64",),
        missing_rows=(),
    )
