"""Reads the numbers of the final network in a Markdown table with their names in its head."""

import re
from collections.abc import Iterator, Sequence

from grader.notebook.claim_text import NAMES, NUMBER, Number, decimals_of, of_another

_RULE = re.compile(r"[\s|:-]{3,400}")
_CELL = re.compile(
    rf"[*_`~\s]{{0,9}}{NUMBER}\s{{0,3}}(?P<percent>%)?(?:\s?M(?:FLOPs|MACs)?)?[*_`\s]{{0,9}}"
)
_LONGEST = 400  # characters of a line
_ROWS_AT_MOST = 200


def stated_in_tables(text: str) -> Iterator[Number]:
    """Yield the numbers of all tables, row by row, but for the rows of another network."""
    lines = [line[:_LONGEST] for line in text.splitlines()[:_ROWS_AT_MOST]]
    head: Sequence[str | None] = ()
    for line, below in zip(lines, [*lines[1:], ""], strict=False):
        if "|" not in line:
            head = ()
        elif _RULE.fullmatch(below):
            head = [_what(each) for each in _cells(line)]
        elif head and not _RULE.fullmatch(line) and not of_another(line):
            yield from _row(head, _cells(line))


def _cells(line: str) -> list[str]:
    return line.strip().strip("|").split("|")


def _what(title: str) -> str | None:
    if of_another(title):
        return None
    return next(
        (what for what, name in NAMES.items() if re.search(name, title, re.IGNORECASE)), None
    )


def _row(head: Sequence[str | None], cells: Sequence[str]) -> Iterator[Number]:
    for what, cell in zip(head, cells, strict=False):
        match = _CELL.fullmatch(cell) if what else None
        if what and match:
            digits = match["value"].replace(",", "")
            yield Number(
                what=what,
                value=float(digits),
                percent=match["percent"] is not None,
                decimals=decimals_of(digits),
                at=0,
            )
