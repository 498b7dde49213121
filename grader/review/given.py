"""A mark as the page sends it: JSON whose form is checked here, and nothing else."""

import math
from dataclasses import dataclass

from grader.marks.rules import tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A mark to be saved after version `expected`; without `points` it takes one back.

    `key` stands for the student. Whether the points can be earned is not looked at.
    """

    key: str
    part: str
    points: float | None
    comment: str
    expected: int


def given_mark(document: object) -> Given:
    """Raises `ValueError` for what has not a mark's form."""
    if not isinstance(document, dict) or document.keys() != {
        "student", "part", "points", "comment", "expected",
    }:  # fmt: skip
        raise ValueError
    expected = document["expected"]
    texts = (document["student"], document["part"], document["comment"])
    if not all(isinstance(each, str) for each in texts) or type(expected) is not int:
        raise ValueError
    return Given(
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
    except OverflowError as error:  # JSON's whole numbers may be of any length
        raise ValueError from error
    if not math.isfinite(points):
        raise ValueError
    return points
