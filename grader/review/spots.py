"""Places on the pages of a write-up, and the sentences that are about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.evidence.write_up import Box

PASSAGE, TABLE, CELL = "passage", "table", "cell"  # what a spot marks; cells also have their fit
_DIGITS = 4  # of a fraction of a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place on a page, from 1, that is marked on its drawing; without boxes it is the whole page.

    `id` begins with the id of the finding and a slash: on another student's pages the same finding
    is looked for. `kind` is its style, `title` says what it is.
    """

    id: str
    page: int
    kind: str
    title: str
    boxes: tuple[Box, ...] = ()

    @property
    def json(self) -> dict[str, object]:
        """The spot as JSON values, its boxes rounded."""
        boxes = [[round(side, _DIGITS) for side in box] for box in self.boxes]
        return {"id": self.id, "page": self.page, "kind": self.kind, "title": self.title} | (
            {"boxes": boxes} if boxes else {}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence about a finding; `kind` is `good`, `look`, `bad` or empty."""

    words: str
    kind: str = ""
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that the lab asks for, or that was found: its title, its question, its lines."""

    title: str
    asked: str
    lines: tuple[Line, ...]


def around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around these."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
