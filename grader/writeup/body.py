"""Reads the rows below a table's heading: the lines with a key, and what is wrapped around them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.labs.write_up_table import WriteUpTable, letters
from grader.writeup.bands import Bands, bands_of, head_of_cell
from grader.writeup.document import around
from grader.writeup.grid import grid_rows
from grader.writeup.headings import Heading
from grader.writeup.heads import overlap
from grader.writeup.lines import Phrase, Side, as_shown, phrases
from grader.writeup.matcher import Matcher
from grader.writeup.read_table import ReadCell, ReadRow
from grader.writeup.wrapped import Piece, joined

TOGETHER = 0.55  # of the size: the gap between two lines of one cell is smaller
APART = 4.5  # of the size: a larger gap between two rows ends the table
_NUMBER = re.compile(r"(?:iter(?:ation)?\.?\s*)?#?(\d{1,4})(?:\.0)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The rows below a heading; `last` is the number of the last line that belongs to them."""

    rows: tuple[ReadRow, ...]
    last: int


@dataclass(slots=True, kw_only=True)
class _Row:
    """A row while it is collected: the line with its key, and the phrases of each head."""

    line: int
    phrases: dict[int, list[Phrase]] = field(default_factory=dict)


class Keys:
    """Tells which row of the lab a row's key cells name."""

    def __init__(self, table: WriteUpTable) -> None:
        self._table = table

    def id_of(self, cells: Mapping[str, str]) -> str | None:
        """Return the id of the one row that fits these texts of key columns; empty ones fit all."""
        if self._table.numbered is not None:
            found = _NUMBER.fullmatch(cells.get(self._table.key[0], "").strip())
            return None if found is None else str(int(found[1]))
        fitting = [
            row.id
            for row in self._table.rows
            if any(cells.values())
            and all(_fits(row.key[column], cells[column]) for column in cells if cells[column])
        ]
        return fitting[0] if len(fitting) == 1 else None

    def is_key(self, column: str, text: str) -> bool:
        """True if the text may stand in this key column."""
        if self._table.numbered is not None:
            return _NUMBER.fullmatch(text.strip()) is not None
        return any(_fits(row.key[column], text) for row in self._table.rows)


def _fits(names: Sequence[str], text: str) -> bool:
    bare = letters(text)
    if bare:
        return bare in {letters(each) for each in names}
    return any(not letters(each) for each in names)  # "--" for "-", or for another dash


class Reader:
    """Reads the lines of one side below a heading, as rows of the table."""

    def __init__(self, matcher: Matcher, side: Side, heading: Heading, gap: float) -> None:
        self._matcher = matcher
        self._table = matcher.table
        self._keys = Keys(matcher.table)
        self._side = side
        self._heading = heading
        self._heads = heading.heads
        self._parts = [
            tuple(
                each
                for each in phrases(line, gap)
                if heading.left <= each.box.middle[0] <= heading.right
            )
            for line in side.lines
        ]

    def body(self, first: int, end: int) -> Body:
        """Return the rows in the lines from `first` up to `end`, which is not read."""
        by_keys, by_rules = self._by_keys(first, end), self._by_rules(first, end)
        return by_rules if _identified(by_rules) >= max(1, _identified(by_keys)) else by_keys

    def _by_rules(self, first: int, end: int) -> Body:
        found = grid_rows(self._side, self._heading, self._parts, first, end)
        while found and len(found[-1].phrases) < 2:  # the space before the next table
            found.pop()
        rows = [_Row(line=first, phrases=_lists(each.phrases)) for each in found if each.phrases]
        last = first - 1
        for number in range(first, end if found else first):
            if self._side.lines[number].box.middle[1] <= found[-1].bottom:
                last = number
        return Body(rows=tuple(self._read(rows)), last=last)

    def _by_keys(self, first: int, end: int) -> Body:
        starts = self._starts(first, end)
        if not starts:
            return Body(rows=(), last=first - 1)
        bands = bands_of(self._heads, [self._parts[number] for number in starts])
        rows = [
            _Row(line=number, phrases=_lists(bands.assigned(self._parts[number])))
            for number in starts
        ]
        last = self._add_wrapped(rows, bands, first, end)
        return Body(rows=tuple(self._read(rows)), last=last)

    def _starts(self, first: int, end: int) -> list[int]:
        """Return the numbers of the lines in which rows have their keys."""
        found: list[int] = []
        for number in range(first, end):
            line = self._side.lines[number]
            before = self._side.lines[found[-1] if found else first - 1] if number else None
            if before is not None and line.box.top - before.box.bottom > APART * line.size:
                break
            if self._has_key(number):
                found.append(number)
        return found

    def _has_key(self, number: int) -> bool:
        """True if a line has the text of a key below a key column's heading, and another cell."""
        parts = self._parts[number]
        if len(parts) < 2:
            return False
        for number_of_head, head in enumerate(self._heads):
            if head.column in self._table.key:
                for order, phrase in enumerate(parts):
                    below = overlap(phrase.box.x0, phrase.box.x1, head.x0, head.x1) > 0
                    below = below or head_of_cell(phrase, self._heads) == number_of_head
                    same = len(parts) == len(self._heads) and self._heads[order] is head
                    if (below or same) and self._keys.is_key(head.column or "", phrase.text):
                        return True
        return False

    def _add_wrapped(self, rows: list[_Row], bands: Bands, first: int, end: int) -> int:
        """Add the lines between the keys to the rows beside which they stand; return the last."""
        starts = {row.line: row for row in rows}
        owners: dict[int, _Row] = dict(starts)
        loose = [n for n in range(first, min(end, rows[-1].line + 5)) if n not in starts]
        changed = True
        while changed:
            changed = False
            for number in loose:
                owner = None if number in owners else self._owner(number, owners, bands)
                if owner is not None:
                    owners[number] = owner
                    changed = True
        for number in sorted(set(owners) - set(starts)):
            for head, parts in bands.assigned(self._parts[number]).items():
                owners[number].phrases.setdefault(head, []).extend(parts)
        return max(owners)

    def _owner(self, number: int, owners: Mapping[int, _Row], bands: Bands) -> _Row | None:
        line = self._side.lines[number]
        parts = self._parts[number]
        if not parts or any(bands.head_of(each) is None for each in parts):
            return None
        near = [
            (gap, other)
            for other in (number - 1, number + 1)  # of two equal gaps the upper line's counts
            if other in owners and (gap := self._gap(number, other)) <= TOGETHER * line.size
        ]
        return owners[min(near)[1]] if near else None

    def _gap(self, number: int, other: int) -> float:
        """Return the gap between two lines, endless if a rule separates them."""
        upper, lower = (self._side.lines[each].box for each in sorted((number, other)))
        high, low = upper.middle[1], lower.middle[1]
        places = (each.box.middle[0] for each in self._parts[number])
        if any(self._side.rules.across(x, high, low) for x in places):
            return float("inf")
        return lower.top - upper.bottom

    def _read(self, rows: Sequence[_Row]) -> list[ReadRow]:
        found: list[ReadRow] = []
        above: dict[str, str] = {}
        for row in rows:
            cells = {
                number: self._cell(parts, number)
                for number, parts in row.phrases.items()
                if self._heads[number].column is not None
            }
            keys = self._key_texts(cells)
            if self._table.numbered is None:  # a merged cell stands in the first of its rows only
                keys = {each: keys.get(each) or above.get(each, "") for each in self._table.key}
                above = keys
            found.append(
                ReadRow(
                    id=self._keys.id_of(keys),
                    page=self._side.number,
                    cells={self._name(number): cell for number, cell in cells.items()},
                    variant=self._variant(row),
                )
            )
        return found

    def _variant(self, row: _Row) -> str | None:
        """Return the variant that the columns that the lab does not have name in this row."""
        others = (
            part.text
            for number, parts in row.phrases.items()
            if self._heads[number].column is None
            for part in parts
        )
        return self._matcher.variant_in(" ".join(others))

    def _key_texts(self, cells: Mapping[int, ReadCell]) -> dict[str, str]:
        return {
            column: cell.text or ""
            for number, cell in cells.items()
            if (column := self._heads[number].column) in self._table.key and column
        }

    def _name(self, number: int) -> str:
        """Return a cell's column and variant: "accuracy", or "accuracy rewind" in a wide table."""
        head = self._heads[number]
        return " ".join(each for each in (head.column, head.variant) if each)

    def _cell(self, parts: Sequence[Phrase], number: int) -> ReadCell:
        ordered = sorted(parts, key=lambda each: (round(each.box.bottom), each.box.x0))
        width = max(each.box.width for each in ordered)
        kind = self._table.column(self._heads[number].column or "").cell
        return ReadCell(
            text=joined([_piece(each, width) for each in ordered], kind),
            page=self._side.number,
            box=as_shown(self._side, around([each.box for each in ordered])),
        )


def _piece(phrase: Phrase, width: float) -> Piece:
    return Piece(text=phrase.text, bottom=phrase.box.bottom, fullness=phrase.box.width / width)


def _lists(phrases: Mapping[int, tuple[Phrase, ...]]) -> dict[int, list[Phrase]]:
    return {number: list(each) for number, each in phrases.items()}


def _identified(body: Body) -> int:
    return sum(each.id is not None for each in body.rows)
