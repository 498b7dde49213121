"""The value of a cell by the kind of its column: in bytes or seconds, as a count or a fraction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from grader.labs.write_up_table import CellKind, WriteUpColumn
from grader.writeup.cell import (
    PERCENT,
    Value,
    as_count,
    as_fraction,
    in_bytes,
    in_seconds,
    read_value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellValue:
    """A number in bytes, seconds, as a count or as a fraction of one, by the kind of its column.

    `step` is one unit of its last digit as written, `deviation` is None if there is none; both are
    in the same unit.
    """

    number: float
    step: float
    deviation: float | None = None


def cell_value(text: str, column: WriteUpColumn, heading_unit: str | None) -> CellValue | None:
    """Return the value in a cell; None if it is none, if it could be two, or has a strange unit.

    The unit is the cell's own, else that of the heading, else that of the lab's column.
    """
    if column.cell == "text":
        return None
    value = read_value(text, whole=column.cell == "count")
    if value is None:
        return None
    unit = heading_unit or column.unit
    number = _READERS[column.cell](value, unit)
    if number is None:
        return None
    factor = _factor(value, number, column.cell, unit)
    return CellValue(
        number=number,
        step=value.step * factor,
        deviation=None if value.deviation is None else value.deviation * factor,
    )


def _factor(value: Value, number: float, kind: CellKind, unit: str | None) -> float:
    """Return by what the number as written is multiplied; 0 has the factor of 1, or its unit's."""
    if value.number:
        return number / value.number
    if kind == "fraction":
        return 0.01 if (value.unit or unit or "").casefold() in PERCENT else 1.0
    return _READERS[kind](replace(value, number=1.0), unit) or 1.0


def _number(value: Value, _unit: str | None) -> float | None:
    return value.number if value.unit is None else None


_READERS: Mapping[str, Callable[[Value, str | None], float | None]] = {
    "number": _number,
    "count": lambda value, _unit: as_count(value),
    "fraction": as_fraction,
    "size": in_bytes,
    "time": in_seconds,
}
