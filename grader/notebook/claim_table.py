"""Reads the numbers of the final network in a Markdown table.

The names stand in its head, or in its first column, with a column for each network.
"""

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
    """Yield the numbers of all tables, row by row, without those of another network."""
    lines = [line[:_LONGEST] for line in text.splitlines()[:_ROWS_AT_MOST]]
    head: Sequence[str] = ()
    for line, below in zip(lines, [*lines[1:], ""], strict=False):
        if "|" not in line:
            head = ()
        elif _RULE.fullmatch(below):
            head = _cells(line)
            yield from _named_row(head, head)
        elif head and not _RULE.fullmatch(line) and not of_another(line):
            yield from _named_row(head, _cells(line))
            yield from _row([_what(each) for each in head], _cells(line))


def without_tables(text: str) -> str:
    """Return the text without the lines of its tables."""
    lines, kept, inside = text.splitlines(), [], False
    for line, below in zip(lines, [*lines[1:], ""], strict=False):
        inside = "|" in line and (inside or _RULE.fullmatch(below) is not None)
        if not inside:
            kept.append(line)
    return "\n".join(kept)


def _cells(line: str) -> list[str]:
    return line.strip().strip("|").split("|")


def _what(title: str) -> str | None:
    if of_another(title):
        return None
    return next(
        (
            what
            for what, name in NAMES.items()
            if re.search(rf"(?<![A-Za-z]){name}(?![A-Za-z])", title, re.IGNORECASE)
        ),
        None,
    )


def _named_row(head: Sequence[str], cells: Sequence[str]) -> Iterator[Number]:
    """Yield the last number of a row that begins with a name, of the columns of this network."""
    what = _what(cells[0])
    columns = [
        cell
        for title, cell in zip(head[1:], cells[1:], strict=False)
        if _CELL.fullmatch(cell) and not of_another(title)
    ]
    if what and columns:
        yield from _row([what], columns[-1:])


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
