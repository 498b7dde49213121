"""The MFLOPs, the accuracy and the score that a notebook says its pruned network has."""

import re
from collections.abc import Iterator, Mapping

from grader.notebook.notebook import Cell, Notebook
from grader.types import Json

_NUMBER = r"\s{0,3}[:=]\s{0,3}(?P<value>\d{1,9}(?:\.\d{1,12})?)\s?(?P<percent>%)?"
_CLAIMS: Mapping[str, re.Pattern[str]] = {
    "MFLOPs": re.compile(rf"\bMFLOPs?\b{_NUMBER}", re.IGNORECASE),
    "accuracy": re.compile(rf"\baccuracy\b{_NUMBER}", re.IGNORECASE),
    "score": re.compile(rf"\bscore\b{_NUMBER}", re.IGNORECASE),
}
_PART_2 = re.compile(r"^#{1,6}.{0,20}(?:\bpart\s*2|第二部分)", re.IGNORECASE | re.MULTILINE)


def claims(notebook: Notebook) -> list[Json]:
    """The last number given for each, from Part 2 on, where there is such a heading.

    Each has `what`, `value` as it was written, `percent` (whether that sign followed) and `cell`,
    counted from 1. Code that gives a name a number counts as well as what was printed.
    """
    last: dict[str, Json] = {}
    for number, cell in _part_2(notebook):
        for what, pattern in _CLAIMS.items():
            for match in (found for text in _texts(cell) for found in pattern.finditer(text)):
                last[what] = {
                    "what": what,
                    "value": float(match["value"]),
                    "percent": match["percent"] is not None,
                    "cell": number,
                }
    return list(last.values())


def _part_2(notebook: Notebook) -> Iterator[tuple[int, Cell]]:
    numbered = list(enumerate(notebook.cells, start=1))
    starts = [n for n, cell in numbered if cell.kind == "markdown" and _PART_2.search(cell.source)]
    yield from numbered[starts[-1] - 1 :] if starts else numbered


def _texts(cell: Cell) -> Iterator[str]:
    if cell.kind == "code":
        yield cell.source
    yield from (output.text for output in cell.outputs)
