"""Finds the heading of a table: the lines in which its columns' names stand side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from grader.labs.write_up_table import WriteUpTable
from grader.writeup.heads import heads_of, overlap
from grader.writeup.lines import Line, Phrase, Side, phrases
from grader.writeup.matcher import Head, Matcher

LINES_AT_MOST = 7  # three lines of text, and those between them if cells are centred
HEIGHT_AT_MOST = 5.5  # of the size
PITCH_AT_MOST = 2.2  # of the size, between the bottoms of two lines of a heading
MARGIN = 3.0  # of the size: a cell may reach further out than its heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A table's heading on a side of a page: the numbers of its first and last line.

    `left` and `right` are the limits of the table, in points; `beside` is True if another table
    stands beside it.
    """

    first: int
    last: int
    heads: tuple[Head, ...]
    left: float
    right: float
    beside: bool = False

    @property
    def known(self) -> int:
        """How many of the lab's columns it names."""
        return len({(each.column, each.variant) for each in self.heads if each.column})


def headings(side: Side, matcher: Matcher, gap: float) -> Iterator[Heading]:
    """Yield the headings of the table on this side, from top to bottom, none inside another.

    Of tables that stand side by side each has its own.
    """
    parts = [phrases(line, gap) for line in side.lines]
    at = 0
    while at < len(side.lines):
        best = _best(side, parts, at, matcher)
        if best is None:
            at += 1
        else:
            yield from side_by_side(best, matcher.table)
            at = best.last + 1


def _best(
    side: Side, parts: Sequence[tuple[Phrase, ...]], first: int, matcher: Matcher
) -> Heading | None:
    """Return the best heading that begins in line `first`, if no later line gives a better one."""
    found = _longest(side, parts, first, matcher)
    if found is None:
        return None
    later = (_longest(side, parts, start, matcher) for start in range(first + 1, found.last + 1))
    return found if all(each is None or each.known < found.known for each in later) else None


def _longest(
    side: Side, parts: Sequence[tuple[Phrase, ...]], first: int, matcher: Matcher
) -> Heading | None:
    best: Heading | None = None
    for last in range(first, min(first + LINES_AT_MOST, len(side.lines))):
        if not _close(side.lines[first : last + 1]):
            break
        window = parts[first : last + 1]
        if not _may_be(side.lines[first : last + 1], matcher):
            continue
        heads = heads_of([phrase for line in window for phrase in line], matcher)
        if not heads:
            continue
        left, right = _limits(heads, [phrase for line in window for phrase in line])
        margin = MARGIN * side.lines[first].size
        heading = Heading(
            first=first, last=last, heads=heads, left=left - margin, right=right + margin
        )
        if _enough(heading, matcher.table) and (best is None or heading.known > best.known):
            best = heading
    return best


def _limits(heads: Sequence[Head], phrases: Sequence[Phrase]) -> tuple[float, float]:
    """Return from where to where the cells around the first and the last head reach."""
    left, right = heads[0].x0, heads[-1].x1
    for phrase in phrases:
        if overlap(phrase.box.x0, phrase.box.x1, heads[0].x0, heads[0].x1) > 0:
            left = min(left, phrase.extent[0])
        if overlap(phrase.box.x0, phrase.box.x1, heads[-1].x0, heads[-1].x1) > 0:
            right = max(right, phrase.extent[1])
    return left, right


def _may_be(lines: Sequence[Line], matcher: Matcher) -> bool:
    """Return False if hardly any word is the start of a column's name: most lines are prose."""
    words = {word.text for line in lines for word in line.words}
    hinted = {column for word in words for column in matcher.hints(word)}
    return len(hinted) >= 2 and bool(hinted & set(matcher.table.key))


def _close(lines: Sequence[Line]) -> bool:
    size = min(each.size for each in lines)
    if lines[-1].box.bottom - lines[0].box.top > HEIGHT_AT_MOST * size:
        return False
    return all(
        lower.box.bottom - upper.box.bottom <= PITCH_AT_MOST * size
        for upper, lower in pairwise(lines)
    )


def _enough(heading: Heading, table: WriteUpTable) -> bool:
    """True if the heading names a key column and more than half of the needed columns."""
    named = {each.column for each in heading.heads}
    needed = {each.id for each in table.columns if not each.optional}
    least = min(len(needed), max(3, len(needed) // 2 + 1))
    return bool(named & set(table.key)) and len(named & needed) >= least


def side_by_side(heading: Heading, table: WriteUpTable) -> Iterator[Heading]:
    """Yield a heading for each table of those that stand side by side; most often it is one."""
    first = next(each for each in heading.heads if each.column)
    again = [n for n, each in enumerate(heading.heads) if _same(each, first)]
    if len(again) < 2 or not any(each.column in table.key for each in heading.heads[: again[1]]):
        yield heading
        return
    edges = [0, *again[1:], len(heading.heads)]
    for start, end in pairwise(edges):
        heads = heading.heads[start:end]
        while heads and heads[-1].column is None:
            heads = heads[:-1]
        left, right = heading.left, heading.right
        if start:
            left = (heading.heads[start - 1].x1 + heads[0].x0) / 2
        if end < len(heading.heads):
            right = (heads[-1].x1 + heading.heads[end].x0) / 2
        yield replace(heading, heads=heads, left=left, right=right, beside=True)


def _same(one: Head, other: Head) -> bool:
    return (one.column, one.variant) == (other.column, other.variant)
