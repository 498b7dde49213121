"""The records of a write-up: its pages with all words, lines and pictures, each with its place.

Places are in points from the upper left corner of a page as it is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from grader.text import counted, several

PICTURE_FROM = 0.02  # of the area of the page: a smaller picture is a logo


class Unread(StrEnum):
    """Why a page was not read."""

    TIME = "time"
    MEMORY = "memory"
    CHARACTERS = "characters"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on a page, in points; `top` is smaller than `bottom`."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        """The point in its middle."""
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2

    @property
    def width(self) -> float:
        """Its width in points."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Its height in points."""
        return self.bottom - self.top


def around(boxes: "list[Box]") -> Box:
    """Return the smallest box around all of `boxes`; there is at least one."""
    return Box(
        x0=min(each.x0 for each in boxes),
        top=min(each.top for each in boxes),
        x1=max(each.x1 for each in boxes),
        bottom=max(each.bottom for each in boxes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word, its place, and the size of its letters in points.

    `turn` is by how many degrees it is turned counter-clockwise: 0, 90, 180 or 270.
    """

    text: str
    box: Box
    size: float
    turn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as it was read.

    `number` counts from 1. `rules` are the boxes of lines and rectangles. `characters` counts those
    that are shown, `hidden` those below a scan, `unmapped` those whose meaning the file does not
    give. `unread` is None if the page was read.
    """

    number: int
    width: float
    height: float
    rotation: int
    characters: int
    hidden: int
    unmapped: int
    words: tuple[Word, ...]
    rules: tuple[Box, ...]
    pictures: tuple[Box, ...]
    unread: Unread | None

    @property
    def has_text(self) -> bool:
        """True if most of its characters could be read; an empty page has no text."""
        return self.characters > 2 * self.unmapped and bool(self.words)

    @property
    def has_large_picture(self) -> bool:
        """True if a picture is large enough for a table or a plot: its text cannot be read."""
        least = PICTURE_FROM * self.width * self.height
        return any(each.width * each.height >= least for each in self.pictures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A PDF as it was read. `pages_in_file` may be more than `pages`: the first ones are read.

    `producer` and `creator` are the programs that the file names, "" if it names none. `ends_well`
    is False if the file seems to be cut off.
    """

    producer: str
    creator: str
    ends_well: bool
    pages_in_file: int
    pages: tuple[Page, ...]

    @property
    def pages_without_text(self) -> tuple[int, ...]:
        """The numbers of the pages on which no text can be read, empty pages too."""
        return tuple(each.number for each in self.pages if not each.has_text)

    @property
    def pages_with_large_pictures(self) -> tuple[int, ...]:
        """The numbers of the pages on which a table or an answer may be in a picture."""
        return tuple(each.number for each in self.pages if each.has_large_picture)


def pages_in_words(numbers: Sequence[int]) -> str:
    """Return the pages for a message: "page 3", or "pages 1, 2, 5 and 9 more"."""
    named = several(map(str, numbers), 10)
    return counted(len(numbers), "page {named}", "pages {named}", named=named)
