"""Faults between the valid tables of a lab: sums of points, ids, the runner."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from math import isclose

from grader.labs.item import Item
from grader.labs.question import Question
from grader.text import in_points
from grader.types import Role


def questions_fill_items(items: Sequence[Item], questions: Sequence[Question]) -> Iterator[str]:
    """Yield the faults of ids, and of questions whose points do not add up to their item's."""
    for id, many in Counter(item.id for item in items).items():
        if many > 1:
            yield f"items: {many} items have the id {id}"
    known = {item.id for item in items}
    for id, many in Counter(question.id for question in questions).items():
        if many > 1:
            yield f"questions: {many} questions have the id {id}"
        if id in known:
            yield f"questions: {id} is also the id of an item"
    homes = {item.id: item.points for item in items if item.kind == "questions"}
    for question in questions:
        yield from (f"questions[{question.id}]: {fault}" for fault in question.faults())
        if question.item not in homes:
            yield f"questions[{question.id}].item: no item of kind questions is {question.item!r}"
    for id, points in homes.items():
        total = sum(question.points for question in questions if question.item == id)
        if not isclose(total, points):
            yield f"the questions of {id} add up to {in_points(total)}, the item has {points:g}"


def formula_fills_one_item(items: Sequence[Item], points: float) -> Iterator[str]:
    """Yield the faults of the item of kind formula: there must be one, worth `points`."""
    found = [item for item in items if item.kind == "formula"]
    if len(found) != 1:
        named = ", ".join(item.id for item in found) or "none"
        yield f"items: exactly one must be of kind formula, found: {named}"
    elif found[0].points != points:
        yield f"the item {found[0].id} has {in_points(found[0].points)}, score.points is {points:g}"


def runner_can_be_started(paths: Collection[Role], described: bool) -> Iterator[str]:
    """Yield the faults of a lab whose `paths` have a runner without a table, or the reverse.

    `described` is true if the lab has the table `runner`.
    """
    if Role.RUNNER in paths and not described:
        yield "runner: this table is missing, because layout.paths has a runner"
    if described and not {Role.RUNNER, Role.PROGRAM} <= set(paths):
        yield "runner: layout.paths needs a path for the runner and one for the program"
