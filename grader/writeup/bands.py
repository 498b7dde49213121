"""Assigns the phrases of a table's lines to its columns, by their places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.writeup.headings import Head, overlap
from grader.writeup.lines import Phrase

ALIGNED = 0.3  # of the size: edges at the same place


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
        for phrase in line:
            number = self.head_of(phrase)
            if number is not None:
                found[number] = (*found.get(number, ()), phrase)
        return found

    def head_of(self, phrase: Phrase) -> int | None:
        """Return the number of the one head to which a phrase belongs, None if it is not clear."""
        x0, x1 = phrase.box.x0, phrase.box.x1
        touched = [each for each in self.bands if overlap(x0, x1, each.x0, each.x1) > 0]
        if len(touched) != 1 or not touched[0].heads:
            return None
        if len(touched[0].heads) == 1:
            return touched[0].heads[0]
        return _of_several(phrase, self.heads, touched[0].heads)


def _of_several(phrase: Phrase, heads: Sequence[Head], numbers: Sequence[int]) -> int | None:
    x0, x1 = phrase.box.x0, phrase.box.x1
    over = [n for n in numbers if overlap(x0, x1, heads[n].x0, heads[n].x1) > 0]
    if len(over) == 1:
        return over[0]
    near = ALIGNED * phrase.size
    aligned = [
        n
        for n in over or numbers
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
    bands = tuple(Band(x0=x0, x1=x1, heads=numbers) for x0, x1, numbers in merged)
    full = [row for row in rows if len(row) == len(heads)]
    places = Bands(bands=bands, heads=tuple(heads), by_order=False)
    shifted = any(
        number not in {None, place} for row in full for place, number in enumerate(map(places.head_of, row))
    ) or any(len(each.heads) > 1 for each in bands)
    by_order = shifted and bool(rows) and len(full) == len(rows)
    return Bands(bands=bands, heads=tuple(heads), by_order=by_order)
