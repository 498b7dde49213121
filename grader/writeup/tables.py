"""Finds the lab's tables in a document, over page breaks, and tells their variants apart.

A table that stands in pieces is put together; one wide table with columns for several variants is
read once for each.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.labs.write_up_table import WriteUpTable
from grader.writeup.body import Reader
from grader.writeup.document import Document
from grader.writeup.headings import Heading, headings
from grader.writeup.lines import Line, Side, sides
from grader.writeup.matcher import Head, Matcher
from grader.writeup.read_table import ReadColumn, ReadRow, ReadTable
from grader.writeup.titles import Surroundings, variants_of

GAPS = (0.75, 0.45, 0.3, 1.2, 0.0)  # of the size: from where on a gap parts two cells
PAGE_HEAD = 3  # lines at most above a table that goes on at the top of a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a table on one page: its heading, its rows, and the lines around it."""

    heading: Heading
    rows: tuple[ReadRow, ...]
    pages: tuple[int, ...]
    around: Surroundings


def read_tables(document: Document, table: WriteUpTable) -> tuple[ReadTable, ...]:
    """Return all tables of the document that fit `table`, in their order."""
    matcher = Matcher(table)
    seen = [side for page in document.pages for side in sides(page)]
    best: list[Piece] = []
    for gap in GAPS:
        best = max(best, _pieces(seen, matcher, gap), key=_worth)
        if best and all(_is_whole(each, table) for each in best):
            break
    merged = [part for each in _merged(best, matcher) for part in _by_variant(each)]
    variants = variants_of([each.around for each in merged], matcher)
    read = [
        one
        for piece, variant in zip(merged, variants, strict=True)
        for one in _read(piece, piece.rows[0].variant or variant, table)
    ]
    return tuple(read)


def _by_variant(piece: Piece) -> Iterator[Piece]:
    """Yield a piece for each variant that a column of the table names; most often it is one."""
    variants = dict.fromkeys(each.variant for each in piece.rows)
    for variant in variants:
        rows = tuple(each for each in piece.rows if each.variant == variant)
        yield replace(piece, rows=rows) if len(variants) > 1 else piece


def _worth(pieces: Sequence[Piece]) -> tuple[int, int]:
    """Return how many rows have an id, and how many columns are known.

    The number of cells does not count: a small gap makes more of them, of parts of cells.
    """
    rows = sum(row.id is not None for piece in pieces for row in piece.rows)
    return rows, sum(piece.heading.known for piece in pieces)


def _is_whole(piece: Piece, table: WriteUpTable) -> bool:
    """True if every row has a cell in every column that the heading names."""
    columns = {each.column for each in piece.heading.heads if each.column}
    needed = {each.id for each in table.columns if not each.optional}
    return needed <= columns and all(
        row.id is not None and len(row.cells) >= len(_columns(piece.heading.heads))
        for row in piece.rows
    )


def _pieces(seen: Sequence[Side], matcher: Matcher, gap: float) -> list[Piece]:
    found: list[Piece] = []
    open_piece: Piece | None = None  # it reached the end of its page's table lines
    for number, side in enumerate(seen):
        here = list(headings(side, matcher, gap))
        if open_piece is not None:
            end = here[0].first if here else len(side.lines)
            more = _continued(open_piece, side, end, matcher, gap)
            if more is not None:
                found[-1] = more
        before: Sequence[Line] = seen[number - 1].lines if number else ()
        found += _on_side(side, here, before, matcher, gap)
        open_piece = found[-1] if found and _is_open(found[-1], side) else None
    return [each for each in found if any(row.id is not None for row in each.rows)]


def _is_open(piece: Piece, side: Side) -> bool:
    """True if the piece may go on after this side: it has rows there, or its heading is the end."""
    if piece.pages[-1] != side.number:
        return False
    return bool(piece.rows) or piece.heading.last >= len(side.lines) - 1


def _on_side(
    side: Side, here: Sequence[Heading], before: Sequence[Line], matcher: Matcher, gap: float
) -> Iterator[Piece]:
    top = bottom = 0  # the first line that belongs to no table above, and to none beside
    for number, heading in enumerate(here):
        if number and heading.first > here[number - 1].first:
            top = bottom
        later = (each.first for each in here[number + 1 :] if each.first > heading.last)
        end = next(later, len(side.lines))
        body = Reader(matcher, side, heading, gap).body(heading.last + 1, end)
        last = max(body.last, heading.last)
        bottom = max(bottom, last + 1)
        around = Surroundings(
            above=_texts(reversed(side.lines[top : heading.first]), heading),
            page_before=_texts(reversed(before[-3:]), heading) if top == 0 else (),
            below=_texts(side.lines[last + 1 : end], heading),
        )
        yield Piece(heading=heading, rows=body.rows, pages=(side.number,), around=around)


def _texts(lines: Iterable[Line], heading: Heading) -> tuple[str, ...]:
    """Return the texts of the lines around a table, without those of a table beside it."""
    texts = (
        " ".join(
            each.text
            for each in line.words
            if not heading.beside or heading.left <= each.box.middle[0] <= heading.right
        )
        for line in lines
    )
    return tuple(each for each in texts if each)


def _continued(piece: Piece, side: Side, end: int, matcher: Matcher, gap: float) -> Piece | None:
    """Return the piece with the rows at the top of the next page that have no heading there."""
    for first in range(min(PAGE_HEAD + 1, end)):
        body = Reader(matcher, side, piece.heading, gap).body(first, end)
        alone = not piece.rows and any(row.id is not None for row in body.rows)
        if body.rows and (alone or _goes_on(piece.rows, body.rows, matcher.table)):
            below = _texts(side.lines[body.last + 1 : end], piece.heading)
            return replace(
                piece,
                rows=piece.rows + body.rows,
                pages=(*piece.pages, side.number),
                around=replace(piece.around, below=below),
            )
    return None


def _goes_on(before: Sequence[ReadRow], rows: Sequence[ReadRow], table: WriteUpTable) -> bool:
    """True if `rows` are later rows of the same table as `before`."""
    old = {(each.id, each.variant) for each in before if each.id is not None}
    new = [(each.id, each.variant) for each in rows if each.id is not None]
    if not new or not old or old & set(new):
        return False
    if table.numbered is None:
        return True
    same = [int(id) for id, variant in old if id and variant == new[0][1]]
    return not same or int(new[0][0] or 0) > max(same)


def _merged(pieces: Sequence[Piece], matcher: Matcher) -> list[Piece]:
    """Put together the pieces with the same heading on pages that follow each other."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        same = (
            last is not None
            and piece.pages[0] - last.pages[-1] in {0, 1}
            and _columns(last.heading.heads) == _columns(piece.heading.heads)
            and not _own_variant(piece, last, matcher)
            and _goes_on(last.rows, piece.rows, matcher.table)
        )
        if last is not None and same:
            merged[-1] = replace(
                last,
                rows=last.rows + piece.rows,
                pages=(*last.pages, *piece.pages),
                around=replace(last.around, below=piece.around.below),
            )
        else:
            merged.append(piece)
    return merged


def _own_variant(piece: Piece, last: Piece, matcher: Matcher) -> bool:
    """True if the nearest line above a piece names another variant than that of the last one."""
    mine, before = (
        next((matcher.variant_in(line) for line in each.around.above[:1]), None)
        for each in (piece, last)
    )
    return mine is not None and mine != before


def _columns(heads: Sequence[Head]) -> set[tuple[str, str | None]]:
    return {(each.column, each.variant) for each in heads if each.column}


def _read(piece: Piece, variant: str | None, table: WriteUpTable) -> Iterator[ReadTable]:
    """Yield the table; one with columns of several variants once for each of them."""
    named = {each.variant for each in piece.heading.heads}
    own: list[str | None] = [each.id for each in table.variants if each.id in named]
    for one in own or [None]:
        heads = [
            each for each in piece.heading.heads if each.column and each.variant in {None, one}
        ]
        columns = {each.column: each for each in heads}
        rows = tuple(_row(each, one) for each in piece.rows)
        wanted = _wanted(table)
        ids = {each.id for each in rows}
        yield ReadTable(
            table=table.id,
            variant=one or variant,
            title=piece.around.title,
            pages=piece.pages,
            columns=tuple(
                ReadColumn(id=id or "", heading=head.text, unit=head.unit)
                for id, head in columns.items()
            ),
            rows=rows,
            other_headings=tuple(
                each.text for each in piece.heading.heads if not each.column and each.text
            ),
            missing_columns=tuple(
                each.id for each in table.columns if not each.optional and each.id not in columns
            ),
            missing_rows=tuple(each for each in wanted if each not in ids),
        )


def _row(row: ReadRow, variant: str | None) -> ReadRow:
    cells = {}
    for name, cell in row.cells.items():
        column, _, of = name.partition(" ")
        if of in {"", variant}:
            cells[column] = cell
    return replace(row, cells=cells)


def _wanted(table: WriteUpTable) -> tuple[str, ...]:
    if table.numbered is not None:
        return tuple(map(str, range(table.numbered.first, table.numbered.last + 1)))
    return tuple(each.id for each in table.rows)
