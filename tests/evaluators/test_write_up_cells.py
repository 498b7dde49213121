"""One cell against its expectation, the reference, and the limits of the lab file."""

import pytest

from grader.evaluators.write_up_cells import Basis, FoundCell, judged
from grader.experiments.expectation import CorrectValue, Expectation, KnownMistake
from grader.experiments.summary import Spread
from grader.labs.write_up_table import CellKind, WriteUpColumn
from grader.writeup.document import Box
from grader.writeup.read_table import ReadCell
from tests.writeup.pages import page

PAGE = page({})
BOX = Box(x0=60, top=80, x1=120, bottom=160)
SIZE = Expectation(
    unit="bytes",
    correct=(
        CorrectValue(value=5_884_529, tolerance=60_000, variant="dense"),
        CorrectValue(value=11_759_000, tolerance=60_000, remark="zeros are saved"),
    ),
    mistakes=(KnownMistake(value=2_940_000, tolerance=60_000, cause="the size of `.half()`"),),
)
BAND = Basis(band=Spread(mean=0.975, low=0.97, high=0.98))


def found(text: str | None, kind: CellKind = "size") -> FoundCell:
    """A cell on a page of 600 by 800 points."""
    column = WriteUpColumn(id="it", names=("It",), cell=kind, unit="MB" if kind == "size" else None)
    return FoundCell(
        row="row", column=column, unit=None, cell=ReadCell(text=text, page=3, box=BOX), page=PAGE
    )


@pytest.mark.parametrize(
    ("text", "fit", "expected", "cause", "way"),
    [
        ("5.885", "fits", "5.885 MB (dense)", None, "dense"),
        ("11.76", "fits", "11.759 MB", "zeros are saved", None),
        ("2.94", "contradicts", "5.885 MB (dense)", "it is the size of `.half()`", None),
        ("8.9", "contradicts", "5.885 MB (dense)", None, None),
        ("N/A", "no value", None, None, None),
        ("see below", "not read", None, None, None),
        ("5 ms", "not read", None, None, None),
        (None, "not read", None, None, None),
    ],
)
def test_a_size_is_compared(
    text: str | None, fit: str, expected: str | None, cause: str | None, way: str | None
) -> None:
    """A cell that was not read whole contradicts nothing."""
    cell = judged(found(text), Basis(exact=SIZE))
    assert (cell.fit, cell.expected, cell.cause, cell.way) == (fit, expected, cause, way)
    assert (cell.page, cell.box) == (3, (0.1, 0.1, 0.2, 0.2))


def test_a_fraction_that_could_be_percent_has_the_value_that_fits() -> None:
    """0.33 below "Sparsity (%)" is 33 %."""
    third = Expectation(unit="fraction", correct=(CorrectValue(value=0.33, tolerance=0.0005),))
    for text in ("0.33", "33", "33.00%"):
        cell = judged(found(text, "fraction"), Basis(exact=third))
        assert cell.fit == "fits"
        assert cell.number == pytest.approx(0.33)


@pytest.mark.parametrize(
    ("text", "fit"), [("97.5%", "fits"), ("0.962", "fits"), ("0.91", "differs")]
)
def test_an_accuracy_outside_of_the_reference_is_for_a_person(text: str, fit: str) -> None:
    """The range is wider than that of the seeds."""
    cell = judged(found(text, "fraction"), BAND)
    assert cell.fit == fit
    assert "97.00 %" in (cell.expected or "")


def test_a_value_without_a_basis_is_not_compared() -> None:
    """Its number and its deviation are kept."""
    column = WriteUpColumn(id="t", names=("T",), cell="time", unit="ms")
    read = ReadCell(text="2.5 ± 0.5", page=1, box=BOX)
    cell = judged(FoundCell(row="a", column=column, unit=None, cell=read, page=PAGE), Basis())
    assert cell.fit == "not compared"
    assert cell.number == pytest.approx(0.0025)
    assert cell.deviation == pytest.approx(0.0005)
