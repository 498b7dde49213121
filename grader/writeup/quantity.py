"""The value of a cell in the unit of the grader: bytes, seconds, or a fraction.

A student's unit may be in the cell, in the heading, or nowhere; then a cell has several readings,
and a comparison says which of them fits.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from grader.labs.write_up_table import WriteUpColumn
from grader.writeup.cell import BYTES, COUNTS, PERCENT, SECONDS, Value

_SHOWN = {
    "kb": "kB",
    "mb": "MB",
    "gb": "GB",
    "kib": "KiB",
    "mib": "MiB",
    "gib": "GiB",
    "b": "bytes",
}
_WHOLE = frozenset({"b", "byte", "bytes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A cell's number in bytes, seconds or as a fraction; `step` is one unit of its last digit.

    `unit` is the unit in which it was read, "" for a count and a fraction.
    """

    number: float
    step: float
    unit: str = ""
    deviation: float | None = None


def is_whole(column: WriteUpColumn, heading: str | None) -> bool:
    """True if a column has whole numbers: a comma in them is no decimal one.

    These are counts, and sizes whose heading says bytes.
    """
    return column.cell == "count" or (heading or "").strip().casefold() in _WHOLE


def readings(value: Value, column: WriteUpColumn, heading: str | None) -> tuple[Reading, ...]:
    """Return the readings of a value, the most likely first; empty if its unit is of another kind.

    `heading` is the unit in the heading of its column, None if it has none.
    """
    match column.cell:
        case "size":
            return tuple(_sizes(value, heading or column.unit))
        case "time":
            return tuple(_times(value, heading or column.unit))
        case "fraction":
            return tuple(_fractions(value, heading))
        case "count" | "number" if (value.unit or "") in COUNTS:
            return (_scaled(value, COUNTS[value.unit or ""], ""),)
        case _:
            return ()


def _sizes(value: Value, usual: str | None) -> Iterator[Reading]:
    unit = value.unit or (usual or "").casefold()
    if unit not in BYTES:
        return
    yield _scaled(value, BYTES[unit], _SHOWN.get(unit, unit))


def _times(value: Value, usual: str | None) -> Iterator[Reading]:
    unit = value.unit or (usual or "").casefold()
    if unit in SECONDS:
        yield _scaled(value, SECONDS[unit], unit)


def _fractions(value: Value, heading: str | None) -> Iterator[Reading]:
    percent = _scaled(value, 0.01, "%")
    plain = _scaled(value, 1.0, "")
    if value.unit is not None:
        if value.unit in PERCENT:
            yield percent
        return
    likely = percent if value.number > 1 or heading in PERCENT else plain
    yield likely
    if value.number <= 1:
        yield plain if likely is percent else percent


def _scaled(value: Value, factor: float, unit: str) -> Reading:
    return Reading(
        number=value.number * factor,
        step=value.step * factor,
        unit=unit,
        deviation=None if value.deviation is None else value.deviation * factor,
    )
