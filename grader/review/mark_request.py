"""A mark as the page sends it: validates the form of the JSON."""

import math
from dataclasses import dataclass

from grader.marks.rules import tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRequest:
    """A mark to be saved after version `expected`; None as `points` withdraws the mark.

    `key` is the student's key in this session. The range of the points is not checked here.
    """

    key: str
    part: str
    points: float | None
    comment: str
    expected: int


def mark_request(document: object) -> MarkRequest:
    """Validate the JSON `document`. Raises `ValueError` if it does not have the form of a mark."""
    if not isinstance(document, dict) or document.keys() != {
        "student", "part", "points", "comment", "expected",
    }:  # fmt: skip
        raise ValueError
    expected = document["expected"]
    texts = (document["student"], document["part"], document["comment"])
    if not all(isinstance(each, str) for each in texts) or type(expected) is not int:
        raise ValueError
    return MarkRequest(
        key=document["student"],
        part=document["part"],
        points=_points(document["points"]),
        comment=tidy(document["comment"]),
        expected=expected,
    )


def _points(number: object) -> float | None:
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ValueError
    try:
        points = round(float(number), 4)
    except OverflowError as error:  # JSON's integers have no limit
        raise ValueError from error
    if not math.isfinite(points):
        raise ValueError
    return points
