"""Finds the heading of a table: the lines in which its columns' names stand side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from grader.labs.write_up_table import WriteUpTable, letters, without_unit
from grader.writeup.document import Box
from grader.writeup.lines import Line, Phrase, Side, phrases

LINES_AT_MOST = 7  # three lines of text, and those between them if cells are centred
HEIGHT_AT_MOST = 5.5  # of the size
PITCH_AT_MOST = 2.2  # of the size, between the bottoms of two lines of a heading
TYPO_FROM = 6  # letters: a shorter name has to be exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The heading of one column: its text, its place, and the column of the lab that it names.

    `column` and `variant` are ids, None for an unknown column, and for a column of all variants.
    `unit` is the unit as written in the heading, None if it has none.
    """

    text: str
    x0: float
    x1: float
    column: str | None = None
    variant: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A table's heading on a side of a page: the numbers of its first and last line."""

    first: int
    last: int
    heads: tuple[Head, ...]
    box: Box

    @property
    def known(self) -> int:
        """How many of the lab's columns it names."""
        return len({(each.column, each.variant) for each in self.heads if each.column})


class Matcher:
    """Tells which column of a table a heading's text names."""

    def __init__(self, table: WriteUpTable) -> None:
        self.table = table
        self._names = {
            bare: column.id
            for column in table.columns
            for name in column.names
            for bare in (letters(name), letters(without_unit(name)[0]))
        }
        self._long_names = [
            (name, _digits(name), column)
            for name, column in self._names.items()
            if len(name) >= TYPO_FROM
        ]
        self._found: dict[str, tuple[str | None, str | None]] = {}
        self._variants = sorted(
            ((letters(words), each.id) for each in table.variants for words in each.words),
            key=lambda pair: -len(pair[0]),
        )

    def head(self, text: str, x0: float, x1: float) -> Head:
        """Return the head with this text; its column is None if the lab has no such column."""
        rest, unit = without_unit(text)
        for candidate in dict.fromkeys((letters(text), letters(rest))):
            column, variant = self._column(candidate)
            if column is not None:
                return Head(text=text, x0=x0, x1=x1, column=column, variant=variant, unit=unit)
        return Head(text=text, x0=x0, x1=x1)

    def _column(self, bare: str) -> tuple[str | None, str | None]:
        """Return the ids of the column and of the variant that these letters name."""
        if bare not in self._found:
            self._found[bare] = self._looked_up(bare)
        return self._found[bare]

    def _looked_up(self, bare: str) -> tuple[str | None, str | None]:
        if bare in self._names:
            return self._names[bare], None
        for words, variant in self._variants:
            if words in bare:
                rest = bare.replace(words, "", 1)
                return self._names.get(rest) or self._typo(rest), variant
        return self._typo(bare), None

    def _typo(self, bare: str) -> str | None:
        """Return the one column whose name differs in one letter."""
        if len(bare) < TYPO_FROM or bare.isdecimal():
            return None
        digits = _digits(bare)
        near = {
            column
            for name, own, column in self._long_names
            if own == digits and Levenshtein.distance(name, bare, score_cutoff=1) <= 1
        }
        return near.pop() if len(near) == 1 else None

    def variant_in(self, text: str) -> str | None:
        """Return the one variant whose words stand in the text; None for none, or for several."""
        rest, found = letters(text), set()
        for words, variant in self._variants:
            if words in rest:
                found.add(variant)
                rest = rest.replace(words, "|")
        return found.pop() if len(found) == 1 else None

    def enough(self, heading: Heading) -> bool:
        """True if the heading names a key column and at least half of the needed columns."""
        named = {each.column for each in heading.heads}
        needed = [each.id for each in self.table.columns if not each.optional]
        least = min(len(needed), max(3, (len(needed) + 1) // 2))
        return bool(named & set(self.table.key)) and len(named & set(needed)) >= least


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdecimal())


def headings(side: Side, matcher: Matcher, gap: float) -> Iterator[Heading]:
    """Yield the headings of the table on this side, from top to bottom, none inside another."""
    parts = [phrases(line, side.rules, gap) for line in side.lines]
    at = 0
    while at < len(side.lines):
        best = _best(side, parts, at, matcher)
        if best is None:
            at += 1
        else:
            yield best
            at = best.last + 1


def _best(
    side: Side, parts: Sequence[tuple[Phrase, ...]], first: int, matcher: Matcher
) -> Heading | None:
    """Return the best heading that begins in line `first`, if no later line gives a better one."""
    found = _longest(side, parts, first, matcher)
    if found is None:
        return None
    later = (_longest(side, parts, start, matcher) for start in range(first + 1, found.last + 1))
    return found if all(each is None or each.known <= found.known for each in later) else None


def _longest(
    side: Side, parts: Sequence[tuple[Phrase, ...]], first: int, matcher: Matcher
) -> Heading | None:
    best: Heading | None = None
    for last in range(first, min(first + LINES_AT_MOST, len(side.lines))):
        window = side.lines[first : last + 1]
        if not _close(window):
            break
        if max(len(each) for each in parts[first : last + 1]) < 2:
            continue
        cells = [phrase for line in parts[first : last + 1] for phrase in line]
        heading = _heading(first, last, tuple(_heads(cells, matcher)), window)
        if matcher.enough(heading) and (best is None or heading.known > best.known):
            best = heading
    return best


def _close(lines: Sequence[Line]) -> bool:
    size = min(each.size for each in lines)
    if lines[-1].box.bottom - lines[0].box.top > HEIGHT_AT_MOST * size:
        return False
    return all(
        lower.box.bottom - upper.box.bottom <= PITCH_AT_MOST * size
        for upper, lower in zip(lines, lines[1:], strict=False)
    )


def _heading(first: int, last: int, heads: tuple[Head, ...], window: Sequence[Line]) -> Heading:
    box = Box(
        x0=min(each.x0 for each in heads),
        top=window[0].box.top,
        x1=max(each.x1 for each in heads),
        bottom=max(each.box.bottom for each in window),
    )
    return Heading(first=first, last=last, heads=heads, box=box)


def _heads(cells: Sequence[Phrase], matcher: Matcher) -> Iterator[Head]:
    """Yield one head for each column, from left to right.

    From the lowest line upwards, a phrase is put before the text of each column that it stands
    above: a phrase above several columns belongs to all of them.
    """
    columns: list[tuple[list[str], float, float]] = []
    for cell in sorted(cells, key=lambda each: -each.box.bottom):
        below = [
            number
            for number, (_, x0, x1) in enumerate(columns)
            if overlap(cell.box.x0, cell.box.x1, x0, x1) > 0
        ]
        for number in below:
            texts, x0, x1 = columns[number]
            if len(below) == 1:
                x0, x1 = min(x0, cell.box.x0), max(x1, cell.box.x1)
            columns[number] = ([cell.text, *texts], x0, x1)
        if not below:
            columns.append(([cell.text], cell.box.x0, cell.box.x1))
    for texts, x0, x1 in sorted(columns, key=lambda each: each[1]):
        yield _named(texts, x0, x1, matcher)


def _named(texts: Sequence[str], x0: float, x1: float, matcher: Matcher) -> Head:
    """Return the head of a column; where a spanning text is no part of its name, without it."""
    head = matcher.head(" ".join(texts), x0, x1)
    if head.column is None and len(texts) > 1:
        glued = matcher.head("".join(texts), x0, x1)
        if glued.column is not None:
            return glued
    return head


def overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    """Return by how much two intervals overlap; negative for the gap between them."""
    return min(a1, b1) - max(a0, b0)
