"""A part of the lab, and its points."""

from typing import Literal

from grader.labs.question import Points
from grader.labs.table import Table


class Item(Table):
    """A part of the lab; its points come from the formula, from a person, or from its questions."""

    id: str
    title: str
    points: Points
    kind: Literal["formula", "manual", "questions"]
