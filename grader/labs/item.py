"""A part of the lab, and its points."""

from typing import Literal, Self

from pydantic import model_validator

from grader.labs.question import Points
from grader.labs.table import Table, refuse

Kind = Literal["formula", "manual", "on-time", "questions", "rubric"]


class Level(Table):
    """A level of a rubric: its points, and in words what earns them."""

    points: Points
    words: str


class Item(Table):
    """A part of the lab; its kind says who gives its points.

    The formula, the time of the hand-in, its questions, or a person: freely, or by the `levels` of
    a rubric.
    """

    id: str
    title: str
    points: Points
    kind: Kind
    levels: tuple[Level, ...] = ()

    @model_validator(mode="after")
    def _levels_fill_a_rubric(self) -> Self:
        given = [level.points for level in self.levels]
        faults = []
        if self.kind != "rubric" and given:
            faults.append(f"an item of kind {self.kind} has no levels")
        elif self.kind == "rubric" and len(given) < 2:
            faults.append("a rubric needs at least two levels")
        elif self.kind == "rubric" and (max(given), len(set(given))) != (self.points, len(given)):
            faults.append("the levels of a rubric have different points, the highest the item's")
        refuse(faults)
        return self
