"""Assigns the phrases of a table's lines to its columns, by their places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.writeup.heads import overlap
from grader.writeup.lines import Phrase
from grader.writeup.matcher import Head

ALIGNED = 0.3  # of the size: edges at the same place
SPACE = 7.0  # points: a wider gap on both sides is that of a column without a heading
NEARER = 0.7  # of the other gap: the side on which a part of a cell belongs


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A strip of the page, with the numbers of the heads in it.

    One head is a column; none is a column without a heading, as the index that pandas prints.
    """

    x0: float
    x1: float
    heads: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The bands of a table, from left to right, and its heads."""

    bands: tuple[Band, ...]
    heads: tuple[Head, ...]
    by_order: bool

    def assigned(self, line: Sequence[Phrase]) -> Mapping[int, tuple[Phrase, ...]]:
        """Return the phrases of a line by the number of their head; the others are left out."""
        if self.by_order and len(line) == len(self.heads):
            return {number: (phrase,) for number, phrase in enumerate(line)}
        found: dict[int, tuple[Phrase, ...]] = {}
        doubtful: set[int] = set()
        for phrase in line:
            number = self.head_of(phrase)
            if number is None:  # it may be a part of any cell near it
                doubtful.update(*(each.heads for each in self._touched(phrase)))
            else:
                found[number] = (*found.get(number, ()), phrase)
        return {number: each for number, each in found.items() if number not in doubtful}

    def touches_heads(self, phrase: Phrase) -> bool:
        """True if a phrase stands in the band of at least one head."""
        return any(each.heads for each in self._touched(phrase))

    def _touched(self, phrase: Phrase) -> list[Band]:
        box = phrase.box
        return [each for each in self.bands if overlap(box.x0, box.x1, each.x0, each.x1) > 0]

    def head_of(self, phrase: Phrase) -> int | None:
        """Return the number of the one head to which a phrase belongs, None if it is not clear."""
        drawn = head_of_cell(phrase, self.heads)
        if drawn is not None:
            return drawn
        touched = self._touched(phrase)
        if len(touched) != 1 or not touched[0].heads:
            return None
        if len(touched[0].heads) == 1:
            return touched[0].heads[0]
        return _of_several(phrase, self.heads, touched[0].heads)


def head_of_cell(phrase: Phrase, heads: Sequence[Head]) -> int | None:
    """Return the number of the one head above the drawn cell of a phrase; None without a cell.

    A cell's text may stand at its edge, while the heading is in the middle.
    """
    left, right = phrase.extent
    if left >= phrase.box.x0 and right <= phrase.box.x1:
        return None
    above = [n for n, head in enumerate(heads) if left <= (head.x0 + head.x1) / 2 <= right]
    return above[0] if len(above) == 1 else None


def _of_several(phrase: Phrase, heads: Sequence[Head], numbers: Sequence[int]) -> int | None:
    x0, x1 = phrase.box.x0, phrase.box.x1
    over = [n for n in numbers if overlap(x0, x1, heads[n].x0, heads[n].x1) > 0]
    if over:
        return over[0] if len(over) == 1 else None
    near = ALIGNED * phrase.size
    aligned = [
        n
        for n in numbers
        if min(
            abs(x0 - heads[n].x0),
            abs(x1 - heads[n].x1),
            abs(x0 + x1 - heads[n].x0 - heads[n].x1) / 2,
        )
        <= near
    ]
    return aligned[0] if len(aligned) == 1 else None


def bands_of(heads: Sequence[Head], rows: Sequence[Sequence[Phrase]]) -> Bands:
    """Return the bands of a table with these heads and these lines, each the first of a row."""
    strips: list[tuple[float, float, tuple[int, ...]]] = sorted(
        [(head.x0, head.x1, (number,)) for number, head in enumerate(heads)]
        + [(phrase.box.x0, phrase.box.x1, ()) for row in rows for phrase in row]
    )
    merged: list[tuple[float, float, tuple[int, ...]]] = []
    for x0, x1, numbers in strips:
        if merged and x0 < merged[-1][1]:
            before = merged[-1]
            merged[-1] = (before[0], max(before[1], x1), before[2] + numbers)
        else:
            merged.append((x0, x1, numbers))
    bands = tuple(_with_heads([Band(x0=x0, x1=x1, heads=numbers) for x0, x1, numbers in merged]))
    full = [row for row in rows if len(row) == len(heads)]
    places = Bands(bands=bands, heads=tuple(heads), by_order=False)
    shifted = any(len(each.heads) > 1 for each in bands) or any(
        number not in {None, place}
        for row in full
        for place, number in enumerate(map(places.head_of, row))
    )
    first = all(overlap(row[0].box.x0, row[0].box.x1, heads[0].x0, heads[0].x1) > 0 for row in full)
    by_order = shifted and first and 0 < len(full) == len(rows)
    return Bands(bands=bands, heads=tuple(heads), by_order=by_order)


def _with_heads(bands: list[Band]) -> list[Band]:
    """Join each band without a head to the neighbour that is nearer: it is a part of its cells.

    The first band stays alone, as an index has no head. A band in the middle of two neighbours
    joins both, and its cells are doubtful.
    """
    found = list(bands)
    at = 1
    while at < len(found):
        band, before = found[at], found[at - 1]
        after = found[at + 1] if at + 1 < len(found) else None
        if band.heads or not before.heads:
            at += 1
            continue
        left, right = band.x0 - before.x1, after.x0 - band.x1 if after else float("inf")
        if min(left, right) > SPACE:
            at += 1
            continue
        start = at - 1 if left <= right * NEARER else at
        end = at + 1 if right <= left * NEARER and after is not None else at
        if start == end:  # in the middle
            start, end = at - 1, at + (after is not None)
        group = found[start : end + 1]
        found[start : end + 1] = [
            Band(
                x0=group[0].x0,
                x1=group[-1].x1,
                heads=tuple(n for each in group for n in each.heads),
            )
        ]
        at = max(start, 1)
    return found
