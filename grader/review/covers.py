"""What hides the student's name on the first page of a write-up: a box, or nothing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grader.evidence.write_up import Box
from grader.marks.decisions import COVER
from grader.types import Decision

NO_NAME = "no name"  # the choice if the page names nobody
CANNOT_HIDE = "cannot be hidden"  # the choice if no box hides the name
COVERED_PAGE = 1
_DIGITS = 4
_SMALLEST = 0.002  # of the page's width and height


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverRequest:
    """A decision on a cover as the page sends it, to be saved after version `expected`.

    `seen` is the SHA-256 of the PDF. `choice` is as in `Cover`, empty to withdraw.
    """

    key: str
    seen: str
    choice: str
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The decision on one PDF, as `NO_NAME`, `CANNOT_HIDE` or a box's four numbers.

    `choice` is empty while nobody has decided; `version` is the newest one on this person.
    """

    choice: str
    version: int
    author: str = ""

    @property
    def box(self) -> Box | None:
        """The box to paint over: left, top, right and bottom as fractions; None if there is none.

        A choice that nobody can have made is no box.
        """
        return box_of(self.choice)


def cover_of(history: Sequence[Decision], sha256: str) -> Cover:
    """Return the cover of the PDF with this SHA-256; `history` has the oldest decision first."""
    mine = [each for each in history if each.subject == COVER]
    if not mine:
        return Cover(choice="", version=0)
    newest = mine[-1]
    choice = newest.choice if newest.case == sha256 else ""
    return Cover(choice=choice, version=newest.version, author=newest.author if choice else "")


def cover_request(document: object) -> CoverRequest:
    """Validate the JSON `document`. Raises `ValueError` if it does not have the right form."""
    keys = {"student", "seen", "choice", "expected"}
    if not isinstance(document, dict) or document.keys() != keys:
        raise ValueError
    key, seen, choice = document["student"], document["seen"], document["choice"]
    if not isinstance(key, str) or not isinstance(seen, str):
        raise ValueError
    if type(document["expected"]) is not int:
        raise ValueError
    return CoverRequest(key=key, seen=seen, choice=_choice(choice), expected=document["expected"])


def box_of(choice: str) -> Box | None:
    """Return the box in a choice, None if it is none inside the page."""
    try:
        left, top, right, bottom = map(float, choice.split(","))
    except ValueError:
        return None
    inside = all(math.isfinite(each) and 0 <= each <= 1 for each in (left, top, right, bottom))
    large = right - left >= _SMALLEST and bottom - top >= _SMALLEST
    return (left, top, right, bottom) if inside and large else None


def _choice(sent: object) -> str:
    """Return the choice to store: the box with few digits, which is one of its spellings."""
    if sent in ("", NO_NAME, CANNOT_HIDE):
        return str(sent)
    if not isinstance(sent, list) or any(type(each) not in (int, float) for each in sent):
        raise ValueError
    try:
        found = ",".join(f"{round(float(each), _DIGITS):g}" for each in sent)
    except OverflowError as error:  # JSON's integers have no limit
        raise ValueError from error
    if box_of(found) is None:
        raise ValueError
    return found
