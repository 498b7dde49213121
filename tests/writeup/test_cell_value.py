"""The value of a cell in the unit of its column's kind."""

import pytest

from grader.labs.write_up_table import CellKind, WriteUpColumn
from grader.writeup.cell_value import CellValue, cell_value


@pytest.mark.parametrize(
    ("text", "kind", "unit", "heading", "found"),
    [
        ("5.885", "size", "MB", None, (5_885_000, 1_000, None)),
        ("5.885 MB", "size", "kB", "GB", (5_885_000, 1_000, None)),
        ("1481", "size", "MB", "kB", (1_481_000, 1_000, None)),
        ("0.0 MB", "size", None, None, (0, 100_000, None)),
        ("2.41 ± 0.05 ms", "time", "s", None, (0.00241, 0.00001, 0.00005)),
        ("0.0217", "time", "s", None, (0.0217, 0.0001, None)),
        ("1,470,474", "count", None, None, (1_470_474, 1, None)),
        ("1.47M", "count", None, None, (1_470_000, 10_000, None)),
        ("33.00%", "fraction", None, None, (0.33, 0.0001, None)),
        ("0", "fraction", "%", None, (0, 0.01, None)),
        ("0.972", "fraction", None, None, (0.972, 0.001, None)),
        ("12", "number", None, None, (12, 1, None)),
    ],
)
def test_a_value_has_the_unit_of_the_cell_the_heading_or_the_lab(
    text: str, kind: CellKind, unit: str | None, heading: str | None, found: tuple[float, ...]
) -> None:
    """In this order; its last digit is as exact as it is written."""
    column = WriteUpColumn(id="a", names=("A",), cell=kind, unit=unit)
    value = cell_value(text, column, heading)
    assert value is not None
    number, step, deviation = found
    assert (value.number, value.step) == pytest.approx((number, step))
    assert value.deviation == (None if deviation is None else pytest.approx(deviation))


@pytest.mark.parametrize(
    ("text", "kind"),
    [("1,481", "size"), ("5 apples", "size"), ("fast", "time"), ("5", "text"), ("3 s", "number")],
)
def test_other_texts_have_no_value(text: str, kind: CellKind) -> None:
    """A person reads them."""
    assert cell_value(text, WriteUpColumn(id="a", names=("A",), cell=kind), None) is None


def test_a_value_has_no_other_parts() -> None:
    """A deviation is there only if it is written."""
    column = WriteUpColumn(id="a", names=("A",), cell="size", unit="B")
    assert cell_value("3", column, None) == CellValue(number=3, step=1)
