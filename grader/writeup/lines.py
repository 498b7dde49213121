"""The lines of a page: words side by side, and the phrases between wide gaps and rules."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.writeup.document import Box, Page, Word, around

THIN = 2.5  # points: a narrower box is a line, not a rectangle
SEPARATORS = frozenset("|│┃")  # between the cells of a table in plain text
SAME_LINE = 0.35  # of the size: a larger shift of the bottom is another line


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words of one line that stand close together; `extent` is that of their cell, if known."""

    words: tuple[Word, ...]
    box: Box
    extent: tuple[float, float]

    @property
    def text(self) -> str:
        """The words with a space between them."""
        return " ".join(each.text for each in self.words)

    @property
    def size(self) -> float:
        """The size of its largest letters, in points."""
        return max(each.size for each in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words with the same baseline, from left to right, and the rules beside and below them."""

    words: tuple[Word, ...]
    box: Box
    rules: "Rules"

    @property
    def text(self) -> str:
        """The words with a space between them."""
        return " ".join(each.text for each in self.words)

    @property
    def size(self) -> float:
        """The size of most of its letters, in points."""
        sizes = sorted(each.size for each in self.words)
        return max(sizes[len(sizes) // 2], 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The lines that are drawn on a page: (x, top, bottom) and (y, x0, x1), in points."""

    vertical: tuple[tuple[float, float, float], ...]
    horizontal: tuple[tuple[float, float, float], ...]

    def between(self, left: Word, right: Word) -> bool:
        """True if a vertical line stands between two words of one line."""
        _, middle = left.box.middle
        low, high = left.box.x1 - 1, right.box.x0 + 1
        return any(low <= x <= high and top <= middle <= end for x, top, end in self.vertical)

    def near(self, box: Box) -> "Rules":
        """Return the vertical lines beside a box, and the horizontal ones closely below it."""
        middle = box.middle[1]
        low = middle + 1.2 * box.height
        return Rules(
            vertical=tuple(each for each in self.vertical if each[1] <= middle <= each[2]),
            horizontal=tuple(each for each in self.horizontal if middle <= each[0] <= low),
        )

    def heights(self, x: float, low: float) -> list[float]:
        """Return the heights below `low` at which a horizontal line crosses `x`."""
        found: list[float] = []
        for y, x0, x1 in self.horizontal:
            if y >= low and x0 <= x <= x1 and (not found or y - found[-1] > THIN):
                found.append(y)
        return found

    def extent(self, box: Box) -> tuple[float, float]:
        """Return from where to where the cell around a text reaches, as far as lines tell."""
        middle = box.middle[1]
        beside = [x for x, top, bottom in self.vertical if top <= middle <= bottom]
        left = max((x for x in beside if x <= box.x0 + 1), default=None)
        right = min((x for x in beside if x >= box.x1 - 1), default=None)
        if left is not None and right is not None:
            return left, right
        below = [
            (x1 - x0, x0, x1)
            for y, x0, x1 in self.horizontal
            if 0 <= y - middle <= 1.2 * box.height and x0 <= box.x0 + 1 and box.x1 - 1 <= x1
        ]
        return min(below)[1:] if below else (box.x0, box.x1)

    def across(self, x: float, high: float, low: float) -> bool:
        """True if a horizontal line at `x` separates the heights `high` and `low` below it."""
        return any(high < y < low and x0 <= x <= x1 for y, x0, x1 in self.horizontal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A page seen so that the text of one direction is level."""

    number: int
    turn: int
    width: float
    height: float
    lines: tuple[Line, ...]
    rules: Rules


def sides(page: Page) -> Iterator[Side]:
    """Yield the page once for each direction of its text, the most words first."""
    turns = sorted({each.turn for each in page.words}, key=lambda turn: -_count(page, turn))
    for turn in turns:
        words = [
            replace(each, box=level(page, each.box, turn))
            for each in page.words
            if each.turn == turn and not _is_drawn_rule(each.text)
        ]
        turned = turn in {90, 270}
        rules = _rules([level(page, each, turn) for each in page.rules])
        yield Side(
            number=page.number,
            turn=turn,
            width=page.height if turned else page.width,
            height=page.width if turned else page.height,
            lines=tuple(lines_of(words, rules)),
            rules=rules,
        )


def _is_drawn_rule(text: str) -> bool:
    """True for a line of dashes, which a table in plain text has below its heading."""
    return len(text) > 3 and set(text) <= frozenset("-=+_:|─━┼│")


def _count(page: Page, turn: int) -> int:
    return sum(each.turn == turn for each in page.words)


def level(page: Page, box: Box, turn: int) -> Box:
    """Return a box on the page turned so that text at `turn` degrees is level."""
    width, height = page.width, page.height
    if turn == 90:
        return Box(x0=height - box.bottom, top=box.x0, x1=height - box.top, bottom=box.x1)
    if turn == 180:
        return Box(
            x0=width - box.x1,
            top=height - box.bottom,
            x1=width - box.x0,
            bottom=height - box.top,
        )
    if turn == 270:
        return Box(x0=box.top, top=width - box.x1, x1=box.bottom, bottom=width - box.x0)
    return box


def as_shown(side: Side, box: Box) -> Box:
    """Undo `level`: return a box in the places of the page as it is shown."""
    if side.turn == 90:
        return Box(x0=box.top, top=side.width - box.x1, x1=box.bottom, bottom=side.width - box.x0)
    if side.turn == 180:
        return Box(
            x0=side.width - box.x1,
            top=side.height - box.bottom,
            x1=side.width - box.x0,
            bottom=side.height - box.top,
        )
    if side.turn == 270:
        return Box(x0=side.height - box.bottom, top=box.x0, x1=side.height - box.top, bottom=box.x1)
    return box


def lines_of(words: Iterable[Word], rules: Rules) -> Iterator[Line]:
    """Yield the lines from top to bottom."""
    group: list[Word] = []
    for word in sorted(words, key=lambda each: each.box.bottom):
        if group and word.box.bottom - group[0].box.bottom > SAME_LINE * min(
            word.size, group[0].size
        ):
            yield _line(group, rules)
            group = []
        group.append(word)
    if group:
        yield _line(group, rules)


def _line(words: Sequence[Word], rules: Rules) -> Line:
    ordered = tuple(sorted(words, key=lambda each: each.box.x0))
    box = around([each.box for each in ordered])
    return Line(words=ordered, box=box, rules=rules.near(box))


def phrases(line: Line, gap: float) -> tuple[Phrase, ...]:
    """Return the phrases of a line, parted by rules and by gaps above `gap` times the size."""
    found: list[list[Word]] = []
    for word in line.words:
        if word.text in SEPARATORS:
            found.append([])
            continue
        last = found[-1][-1] if found and found[-1] else None
        wide = last is not None and word.box.x0 - last.box.x1 > gap * min(word.size, last.size)
        if not found or wide or (last is not None and line.rules.between(last, word)):
            found.append([])
        found[-1].append(word)
    return tuple(_phrase(each, line.rules) for each in found if each)


def _phrase(words: Sequence[Word], rules: Rules) -> Phrase:
    box = around([each.box for each in words])
    return Phrase(words=tuple(words), box=box, extent=rules.extent(box))


def _rules(boxes: Iterable[Box]) -> Rules:
    vertical: set[tuple[float, float, float]] = set()
    horizontal: set[tuple[float, float, float]] = set()
    for box in boxes:
        if box.width <= THIN < box.height:
            vertical.add((box.middle[0], box.top, box.bottom))
        elif box.height <= THIN < box.width:
            horizontal.add((box.middle[1], box.x0, box.x1))
        elif min(box.width, box.height) > THIN:
            vertical |= {(box.x0, box.top, box.bottom), (box.x1, box.top, box.bottom)}
            horizontal |= {(box.top, box.x0, box.x1), (box.bottom, box.x0, box.x1)}
    return Rules(vertical=tuple(sorted(vertical)), horizontal=tuple(sorted(horizontal)))
