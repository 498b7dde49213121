"""Joins the lines of a wrapped cell: "1,470,4" and "74" are one number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from grader.labs.write_up_table import CellKind

FULL = 0.9  # of the widest line: a number is broken only where the column ends
_TAIL = re.compile(r"[\d.,]+$")
_HEAD = re.compile(r"^[\d.,]+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a cell: its text, the bottom of its line, and its width over the widest part's."""

    text: str
    bottom: float
    fullness: float


def joined(pieces: Sequence[Piece], kind: CellKind) -> str:
    """Return the text of a cell whose pieces stand in the order in which they are read."""
    text = pieces[0].text
    for before, piece in pairwise(pieces):
        same_line = abs(piece.bottom - before.bottom) < 1
        whole = same_line or kind == "text" or not _broken(text, piece.text, before.fullness)
        text += f" {piece.text}" if whole else piece.text
    return text


def _broken(text: str, following: str, fullness: float) -> bool:
    """True if one number stands on both sides of the end of a line."""
    tail, head = _TAIL.search(text), _HEAD.match(following)
    if tail is None or head is None:
        return False
    left, right = tail[0], head[0]
    if left[-1] in ".," or right[0] in ".,":
        return True
    if "," in left:
        whole = _GROUPED.fullmatch(left) is not None
        return not whole and _GROUPED.fullmatch(left + right) is not None
    return "." not in right and "," not in right and fullness >= FULL
