"""Compares one cell of a write-up's table with what it must be, and with the reference."""

from dataclasses import dataclass, replace

from grader.evidence.write_up import CellEvidence
from grader.experiments.bands import inside
from grader.experiments.expectation import CellFit, CorrectValue, Expectation, Fit, Unit
from grader.experiments.summary import Spread
from grader.labs.write_up_table import WriteUpColumn
from grader.text import percent
from grader.writeup.cell import is_empty, read_value
from grader.writeup.document import Page
from grader.writeup.passages import fractions
from grader.writeup.quantity import Reading, readings
from grader.writeup.read_table import ReadCell

FITS, CONTRADICTS, DIFFERS = "fits", "contradicts", "differs"
NO_VALUE, NOT_READ, NOT_COMPARED = "no value", "not read", "not compared"
_FITS = {Fit.EQUAL: FITS, Fit.CONTRADICTS: CONTRADICTS, Fit.DOUBTFUL: DIFFERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCell:
    """A cell of the row `row` as it was read; `unit` is the one in the column's heading."""

    row: str
    column: WriteUpColumn
    unit: str | None
    cell: ReadCell
    page: Page

    def readings(self) -> tuple[Reading, ...]:
        """Return the values that the cell may have; empty if it has none or cannot be read."""
        if self.cell.text is None:
            return ()
        value = read_value(self.cell.text, whole=self.column.cell == "count")
        return () if value is None else readings(value, self.column, self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a cell is compared with; a field is None where there is nothing.

    `exact` is an exact expectation, `band` the reference's range of accuracy, and `least` and
    `most` are the limits of the lab file, outside of which a person looks.
    """

    exact: Expectation | None = None
    band: Spread | None = None
    least: Reading | None = None
    most: Reading | None = None


def judged(found: FoundCell, basis: Basis) -> CellEvidence:
    """Return the cell with its value, and how it fits."""
    values = found.readings()
    if not values:
        text = found.cell.text
        return _cell(found, None, NO_VALUE if text is not None and is_empty(text) else NOT_READ)
    if basis.exact is not None:
        return _compared(found, values, basis.exact)
    value = values[0]
    if basis.least is not None and value.number < basis.least.number:
        return replace(_cell(found, value, DIFFERS), cause=f"below {found.column.least}")
    if basis.most is not None and value.number > basis.most.number:
        return replace(_cell(found, value, DIFFERS), cause=f"above {found.column.most}")
    if basis.band is None:
        return _cell(found, value, NOT_COMPARED)
    low, high = percent(basis.band.low), percent(basis.band.high)
    fits = inside(value.number, basis.band)
    cell = _cell(
        found, value, FITS if fits else DIFFERS, expected=f"{low} to {high} in the reference"
    )
    return cell if fits else replace(cell, cause="outside of the reference's range")


def _compared(found: FoundCell, values: tuple[Reading, ...], exact: Expectation) -> CellEvidence:
    """Compare with the exact values; a cell with several readings has the one that fits."""
    fits = [(each, exact.fit(each.number, each.step)) for each in values]
    equal = [each for each in fits if each[1].fit is Fit.EQUAL]
    value, fit = (equal or fits)[0]
    return replace(
        _cell(found, value, _FITS[fit.fit], expected=_words(fit.expected, exact.unit)),
        cause=_cause(fit),
        way=fit.expected.variant or None if fit.fit is Fit.EQUAL else None,
    )


def _cause(fit: CellFit) -> str | None:
    if fit.mistake is not None:
        return f"it is {fit.mistake.cause}"
    return fit.expected.remark or None if fit.fit is Fit.EQUAL else None


def _words(value: CorrectValue, unit: Unit) -> str:
    """Return a correct value as a student would write it, with the way that gives it."""
    match unit:
        case "bytes":
            number = f"{value.value / 1e6:.3f} MB"
        case "fraction":
            number = percent(value.value)
        case "count":
            number = f"{value.value:,.10g}"
    return f"{number} ({value.variant})" if value.variant else number


def _cell(
    found: FoundCell, value: Reading | None, fit: str, *, expected: str | None = None
) -> CellEvidence:
    return CellEvidence(
        row=found.row,
        column=found.column.id,
        page=found.cell.page,
        box=fractions(found.cell.box, found.page),
        text=found.cell.text,
        number=None if value is None else value.number,
        deviation=None if value is None else value.deviation,
        fit=fit,
        expected=expected,
    )
