"""The MFLOPs, the accuracy and the score that a notebook says its pruned network has."""

import re
from collections.abc import Iterator, Mapping

from grader.evidence.notebook import Claim
from grader.notebook.checks.literal import numbers
from grader.notebook.notebook import Cell, Notebook

# 1,234.5 with or without the comma; not the 6.2 of a format, nor the first number of a quotient.
_NUMBER = (
    r"\s{0,3}[:=]\s{0,3}(?P<value>\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,12})?|\d{1,9}(?:\.\d{1,12})?)"
    r"(?![\d.,]*\w|\s?[*/])\s?(?P<percent>%)?"
)
_CLAIMS: Mapping[str, re.Pattern[str]] = {
    "MFLOPs": re.compile(rf"\bMFLOPs?\b{_NUMBER}", re.IGNORECASE),
    "accuracy": re.compile(rf"\bacc(?:uracy)?\b{_NUMBER}", re.IGNORECASE),
    "score": re.compile(rf"\bscore\b{_NUMBER}", re.IGNORECASE),
}
_PART_2 = re.compile(r"^#{1,6}.{0,20}(?:\bpart\s{0,3}2|第二部分)", re.IGNORECASE | re.MULTILINE)


def claims(notebook: Notebook) -> tuple[Claim, ...]:
    """The last number given for each, from Part 2 on, where there is such a heading.

    What a name of code is given, and what was printed, are two claims: a calculator whose
    placeholders were left in hides nothing.
    """
    last: dict[tuple[str, bool], Claim] = {}
    for number, cell in _part_2(notebook):
        for what, value, percent, in_code in _found(cell):
            last.pop((what, in_code), None)  # so that they come in the notebook's order
            last[what, in_code] = Claim(what=what, value=value, percent=percent, cell=number)
    return tuple(last.values())


def _part_2(notebook: Notebook) -> Iterator[tuple[int, Cell]]:
    numbered = list(enumerate(notebook.cells, start=1))
    starts = [n for n, cell in numbered if cell.kind == "markdown" and _PART_2.search(cell.source)]
    yield from numbered[starts[-1] - 1 :] if starts else numbered


def _found(cell: Cell) -> Iterator[tuple[str, float, bool, bool]]:
    """What is claimed, its value, whether in percent, and whether by code."""
    if cell.kind == "code":
        for name, value in numbers(cell.source).items():
            what = next((each for each in _CLAIMS if each.lower() == name.lower()), None)
            if what:
                yield what, value, False, True
    for output in cell.outputs:
        for what, pattern in _CLAIMS.items():
            for match in pattern.finditer(output.text):
                value = float(match["value"].replace(",", ""))
                yield what, value, match["percent"] is not None, False
