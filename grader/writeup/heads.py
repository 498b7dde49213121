"""The heads of a table's columns, made of the phrases of its heading."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.writeup.lines import Phrase
from grader.writeup.matcher import Head, Matcher

JOINED_AT_MOST = 6  # phrases of one name, where a name's words stand apart


@dataclass(slots=True, kw_only=True)
class _Column:
    """The texts above each other in one column, from the top; its limits in points."""

    texts: list[str]
    x0: float
    x1: float
    top: float


def heads_of(cells: Sequence[Phrase], matcher: Matcher) -> tuple[Head, ...]:
    """Return one head for each column, from left to right.

    From the lowest line upwards, a phrase is put before the text of each column that it stands
    above: a phrase above several columns belongs to all of them.
    """
    columns: list[_Column] = []
    spanning: list[Phrase] = []
    for cell in sorted(cells, key=lambda each: -each.box.bottom):
        below = [each for each in columns if _stands_above(cell, each)]
        for column in below:
            column.texts.insert(0, cell.text)
        if not below:
            box = cell.box
            columns.append(_Column(texts=[cell.text], x0=box.x0, x1=box.x1, top=box.top))
        elif len(below) == 1 and matcher.variant_in(cell.text) is None:
            below[0].x0 = min(below[0].x0, cell.box.x0)
            below[0].x1 = max(below[0].x1, cell.box.x1)
        if matcher.variant_in(cell.text) is not None:
            spanning.append(cell)
    columns.sort(key=lambda each: each.x0)
    heads = _with_variants(_named(columns, matcher), spanning, matcher)
    return tuple(_without_doubt(heads, matcher))


def _stands_above(cell: Phrase, column: _Column) -> bool:
    """True if a cell's text stands above a column, or its cell does and the text is higher."""
    if overlap(cell.box.x0, cell.box.x1, column.x0, column.x1) > 0:
        return True
    higher = cell.box.bottom <= column.top + 0.3 * cell.size
    return higher and overlap(*cell.extent, column.x0, column.x1) > 0


def _named(columns: Sequence[_Column], matcher: Matcher) -> list[Head]:
    """Return the heads; neighbours that are one name only together become one head."""
    heads: list[Head] = []
    at = 0
    while at < len(columns):
        for count in range(min(JOINED_AT_MOST, len(columns) - at), 0, -1):
            group = columns[at : at + count]
            head = _head(group, matcher)
            # One wrong letter is a typo in one phrase; in two it is a short name beside another.
            whole = matcher.is_name(head.text) or head.variant is not None
            if count == 1 or (head.column is not None and whole):
                heads.append(head)
                at += count
                break
    return heads


def _head(group: Sequence[_Column], matcher: Matcher) -> Head:
    x0, x1 = min(each.x0 for each in group), max(each.x1 for each in group)
    texts = [text for each in group for text in each.texts]
    whole = matcher.head(" ".join(texts), x0, x1)
    if whole.column is None and len(group) == 1 and len(texts) > 1:
        glued = matcher.head("".join(texts), x0, x1)  # "(Param" and "s)"
        return glued if glued.column is not None else _without_span(texts, whole, matcher)
    return whole


def _without_span(texts: Sequence[str], whole: Head, matcher: Matcher) -> Head:
    """Return the head without its uppermost text, if that is a title above several columns."""
    lower = matcher.head(" ".join(texts[1:]), whole.x0, whole.x1)
    if lower.column is None:
        return whole
    return replace(lower, text=whole.text, variant=lower.variant or matcher.variant_in(texts[0]))


def _with_variants(
    heads: Sequence[Head], spanning: Sequence[Phrase], matcher: Matcher
) -> list[Head]:
    """Give repeated columns the variants that stand above them, both from left to right."""
    above = [
        variant
        for each in sorted(spanning, key=lambda each: each.box.x0)
        if (variant := matcher.variant_in(each.text)) is not None
    ]
    times = Counter(each.column for each in heads if each.column)
    repeated = {column for column, count in times.items() if count == len(above) > 1}
    if len(set(above)) != len(above) or not repeated:
        return list(heads)
    seen: Counter[str] = Counter()
    found = []
    for head in heads:
        if head.column in repeated and head.column is not None:
            found.append(replace(head, variant=above[seen[head.column]]))
            seen[head.column] += 1
        else:
            found.append(head)
    return found


def _without_doubt(heads: Sequence[Head], matcher: Matcher) -> list[Head]:
    """Forget what is named twice, unless the whole table is there twice, side by side."""
    times = Counter((each.column, each.variant) for each in heads)
    if any(times[key, None] > 1 for key in matcher.table.key):
        return list(heads)
    return [
        replace(each, column=None) if times[each.column, each.variant] > 1 else each
        for each in heads
    ]


def overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    """Return by how much two intervals overlap; negative for the gap between them."""
    return min(a1, b1) - max(a0, b0)
