"""Reads the rows of a table whose rows are separated by drawn lines, with merged cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from grader.writeup.bands import bands_of
from grader.writeup.headings import Heading
from grader.writeup.lines import Phrase, Side

ROW_AT_MOST = 12.0  # of the size: a higher space between two lines is no row


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """A row between two lines: its phrases by the number of their head, and its limits."""

    phrases: Mapping[int, tuple[Phrase, ...]]
    top: float
    bottom: float


def grid_rows(
    side: Side, heading: Heading, parts: Sequence[tuple[Phrase, ...]], first: int, end: int
) -> list[GridRow]:
    """Return the rows in the lines from `first` up to `end`; none if no lines separate them.

    A cell that reaches over several rows belongs to each of them.
    """
    if first >= end:
        return []
    size = side.lines[first].size
    above = side.lines[first - 1].box.middle[1] if first else side.lines[first].box.top - 3 * size
    heights = {
        number: side.rules.heights((head.x0 + head.x1) / 2, above)
        for number, head in enumerate(heading.heads)
        if head.column is not None
    }
    lines = [each for each in parts[first:end] if each]
    edges = _rows(max(heights.values(), key=len, default=[]), ROW_AT_MOST * size, lines)
    if len(edges) < 3:
        return []
    inside = [
        phrase for line in lines for phrase in line if edges[0] <= phrase.box.middle[1] <= edges[-1]
    ]
    bands = bands_of(heading.heads, [inside])
    columns: dict[int, list[Phrase]] = {}
    for phrase in inside:
        number = bands.head_of(phrase)
        if number is None:
            if bands.touches_heads(phrase):
                return []  # its column is not clear
            continue
        columns.setdefault(number, []).append(phrase)
    return [
        GridRow(
            phrases={
                number: tuple(cell)
                for number, column in columns.items()
                if (cell := _cell(column, heights.get(number, []), top, bottom))
            },
            top=top,
            bottom=bottom,
        )
        for top, bottom in pairwise(edges)
    ]


def _rows(
    heights: Sequence[float], most: float, lines: Sequence[tuple[Phrase, ...]]
) -> list[float]:
    """Return the heights up to the first space that is no row: too high, or without cells."""
    found = list(heights[:1])
    for height in heights[1:]:
        inside = [each for each in lines if found[-1] <= each[0].box.middle[1] <= height]
        if height - found[-1] > most or not any(len(each) > 1 for each in inside):
            break
        found.append(height)
    return found


def _cell(
    column: Sequence[Phrase], heights: Sequence[float], top: float, bottom: float
) -> list[Phrase]:
    """Return a column's phrases in the cell around one row, by the lines of this column."""
    middle = (top + bottom) / 2
    upper = max((each for each in heights if each <= middle), default=top)
    lower = min((each for each in heights if each >= middle), default=bottom)
    return [each for each in column if upper <= each.box.middle[1] <= lower]
