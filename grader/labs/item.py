"""A part of the lab as its file has it, and what it is worth."""

from typing import Literal

from grader.labs.question import Points
from grader.labs.table import Table


class Item(Table):
    """Points given for one part: by the formula, by a person, or by question."""

    id: str
    title: str
    points: Points
    kind: Literal["formula", "manual", "questions"]
