"""What the text says of a table's numbers, beside the table: a contradiction is for a person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.labs.write_up_table import WriteUpTable
from grader.writeup.claims import Claim
from grader.writeup.stated import Kind, Stated

Cells = Mapping[tuple[str, str], float]  # by row and column: bytes, seconds, fractions
_ROUNDED = {  # of a number; one megabyte may be 1024² bytes
    Kind.RATIO: 0.06,
    Kind.CHANGE: 0.04,
    Kind.DIFFERENCE: 0.05,
    Kind.SIZE: 0.05,
    Kind.TIME: 0.02,
    Kind.FRACTION: 0.0,
}
_OF_TWO = (Kind.RATIO, Kind.CHANGE, Kind.DIFFERENCE)
_WHOLE_RATIO = 0.6  # "twice" may be 1.4 or 2.6 times
_ROUGHLY = 0.15  # of a number that is said to be rough; a ratio of few digits is
_ROUGH_FRACTION = 0.01
_BOUND_MISSED = 0.02
_SAME = 0.03  # two numbers that differ by less are in no order
_SAME_FRACTION = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A claim that no cell of the table bears out, and what the table says: column and number."""

    claim: Claim
    column: str
    found: float
    kind: Kind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    column: str
    number: float
    is_fraction: bool = False


def contradictions(
    claims: Sequence[Claim], table: WriteUpTable, tables: Sequence[Cells]
) -> Iterator[Contradiction]:
    """Yield the claims that fit no cell of any of the tables, each of the same kind as `table`."""
    for claim in claims:
        kind = None if claim.stated is None else claim.stated.kind
        candidates = [
            each for cells in tables for each in _candidates(claim, _fractions(table), cells)
        ]
        fitting = [each for each in candidates if _fits(claim, each)]
        if fitting == candidates or (fitting and not claim.of_all):
            continue
        candidates = [each for each in candidates if each not in fitting]
        number = 1.0 if claim.stated is None else claim.stated.number
        nearest = min(candidates, key=lambda each: abs(each.number - number))
        yield Contradiction(claim=claim, column=nearest.column, found=nearest.number, kind=kind)


def _candidates(claim: Claim, fractions: frozenset[str], cells: Cells) -> Iterator[_Candidate]:
    """Yield each number of the table that the claim may mean."""
    rows = {row for row, _ in cells}
    for column in sorted(claim.columns):
        values = {row: cells[row, column] for row in rows if (row, column) in cells}
        mine = [row for row in values if row in claim.rows or not claim.rows]
        if claim.stated is not None and claim.stated.kind not in _OF_TWO:
            yield from (_Candidate(column=column, number=values[row]) for row in mine)
            continue
        is_fraction = column in fractions
        for pair in (*_of_rows(claim, mine, values), *_of_columns(claim, column, mine, cells)):
            yield from (
                _Candidate(column=column, number=each, is_fraction=is_fraction)
                for each in _compared(claim, is_fraction, *pair)
            )


def _of_rows(
    claim: Claim, mine: Sequence[str], values: Mapping[str, float]
) -> Iterator[tuple[float, float]]:
    """Yield the two numbers of each pair of rows that the claim may compare."""
    others = [row for row in values if row in claim.others or not claim.others]
    for row in mine:
        for other in others:
            if row != other and values[row] > 0 and values[other] > 0:
                yield values[row], values[other]


def _of_columns(
    claim: Claim, column: str, mine: Sequence[str], cells: Cells
) -> Iterator[tuple[float, float]]:
    """Yield the two numbers of a row in two columns: of two batch sizes, without a second row."""
    others = claim.columns - {column} if claim.stated is not None and not claim.others else ()
    for row in mine:
        for other in sorted(others):
            if min(cells[row, column], cells.get((row, other), 0.0)) > 0:
                yield cells[row, column], cells[row, other]


def _compared(claim: Claim, is_fraction: bool, value: float, other: float) -> Iterator[float]:
    """Yield the numbers by which a value may be said to differ from another one.

    An order gives a number above 1 if the values are in the other order.
    """
    said = claim.stated
    if said is None and is_fraction:
        yield 1 + (value - other if claim.less else other - value)
        return
    if said is None:
        yield value / other if claim.less else other / value
        return
    for less in (True, False) if claim.less is None else (claim.less,):
        small, large = (value, other) if less else (other, value)
        if said.kind is Kind.RATIO:
            yield large / small
        elif said.kind is Kind.DIFFERENCE:
            yield large - small
        else:
            yield 1 - small / large
            yield large / small - 1
            if is_fraction:
                yield large - small


def _fits(claim: Claim, candidate: _Candidate) -> bool:
    said = claim.stated
    if said is None:
        return candidate.number <= 1 + (_SAME_FRACTION if candidate.is_fraction else _SAME)
    away = candidate.number - said.number
    missed = max(_BOUND_MISSED * said.number, said.step)
    match said.bound:
        case "<":
            return away <= missed
        case ">":
            return away >= -missed
        case _:
            return abs(away) <= _allowed(said)


def _allowed(said: Stated) -> float:
    """Return by how much a number may differ from what the text says of it."""
    rough = _ROUGHLY if said.bound else _ROUNDED[said.kind]
    match said.kind:
        case Kind.FRACTION:
            return max(said.step, _ROUGH_FRACTION if said.bound else 0.0)
        case Kind.RATIO:
            return max(min(said.step, _WHOLE_RATIO), said.number * rough)
        case Kind.CHANGE:
            return max(1.5 * said.step, said.number * rough)
        case _:
            return max(said.step, said.number * rough)


def _fractions(table: WriteUpTable) -> frozenset[str]:
    return frozenset(each.id for each in table.columns if each.cell == "fraction")
