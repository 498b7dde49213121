"""Remarks: words with points that TAs give again and again, and the mark that follows from them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.marks.rules import Part
from grader.text import whole

LONGEST_WORDS = 500  # characters of a remark
REMARKS_AT_MOST = 100  # of one part


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One version of a remark on answers to `part`; `at` is ISO 8601.

    `points` are added, or taken off if they are negative. `words` are empty if the remark was
    removed. `version` increases by one with every change.
    """

    id: str
    part: str
    words: str
    points: float
    author: str
    at: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a mark was made of: ids of remarks in the order in which they were given, and words.

    `comment` are the words beside the remarks. The remarks count from `typed`, the number that
    makes up for the points that a person typed; None if nobody typed any. `machine` are the
    machine's points when the mark was made, None if only a person marks the part.
    """

    remarks: tuple[str, ...] = ()
    comment: str = ""
    typed: float | None = None
    machine: float | None = None


Known = Mapping[str, Remark]  # the newest version of each remark, by id


def given(basis: Basis, known: Known) -> tuple[Remark, ...]:
    """Return the remarks of a basis in their order, without those that were removed."""
    found = (known.get(each) for each in basis.remarks)
    return tuple(each for each in found if each is not None and each.words)


def points_of(part: Part, basis: Basis, known: Known) -> float | None:
    """Return the points that follow from a basis, from 0 to the most of the part.

    Without typed points the remarks count from the machine's points; where there are none, from all
    points of the part if the first remark takes points off, and from 0 if it adds some. None if
    nothing gives points.
    """
    counted = [each.points for each in given(basis, known)]
    start = basis.typed
    if start is None:
        first = next((each for each in counted if each), None)
        if first is None:
            return None
        start = basis.machine
        if start is None:
            start = part.possible if first < 0 else 0.0
    most = math.inf if part.most is None else part.most
    return round(min(most, max(0.0, start + sum(counted))), 4)


def comment_of(basis: Basis, known: Known) -> str:
    """Return the comment that follows from a basis: a line for each remark, then its own words."""
    lines = [line_of(each) for each in given(basis, known)]
    return "\n".join((*lines, basis.comment) if basis.comment else lines)


def line_of(remark: Remark) -> str:
    """Return the line of a comment that a remark gives: its words, with its points before them."""
    return f"{signed(remark.points)}: {remark.words}" if remark.points else remark.words


def signed(points: float) -> str:
    """Return points with their sign, also the one for minus; `0` for none."""
    sign = "+" if points > 0 else "−" if points < 0 else ""  # noqa: RUF001 - the sign for minus
    return f"{sign}{whole(abs(points))}"


def typed_for(points: float, basis: Basis, known: Known) -> float:
    """Return the `typed` with which the remarks of a basis give `points`."""
    return round(points - sum(each.points for each in given(basis, known)), 4)


def objection_to_remark(part: Part, words: str, points: float, known: Iterable[Remark]) -> str:
    """Return the reason to refuse a remark with these words and points; empty if it is valid.

    `known` are the other remarks of the part.
    """
    others = [each for each in known if each.words]
    if not words:
        return "a remark needs words"
    if len(words) > LONGEST_WORDS:
        return f"the remark is longer than {LONGEST_WORDS} characters"
    most = part.possible if part.most is None else part.most
    if not math.isfinite(points) or abs(points) > most:
        return f"a remark adds or takes off at most {whole(most)}"
    if any((each.words, each.points) == (words, points) for each in others):
        return "there is such a remark already"
    if len(others) >= REMARKS_AT_MOST:
        return f"this part has {REMARKS_AT_MOST} remarks already"
    return ""
