"""The faults between the tables of a lab that are right in themselves: sums, ids, a runner."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from math import isclose

from grader.labs.item import Item
from grader.labs.question import Question
from grader.types import Role


def questions_fill_items(items: Sequence[Item], questions: Sequence[Question]) -> Iterator[str]:
    """The faults of questions whose points have to add up to those of their items."""
    for id, many in Counter(item.id for item in items).items():
        if many > 1:
            yield f"items: {many} have the id {id}"
    known = {item.id for item in items}
    for id, many in Counter(question.id for question in questions).items():
        if many > 1:
            yield f"questions: {many} have the id {id}"
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
            yield f"the questions of {id} add up to {total:g}, the item has {points:g} points"


def formula_fills_one_item(items: Sequence[Item], points: float) -> Iterator[str]:
    """The faults of the item whose points are the formula's: there is one, and it has `points`."""
    found = [item for item in items if item.kind == "formula"]
    if len(found) != 1:
        named = ", ".join(item.id for item in found) or "none"
        yield f"items: one must be of kind formula, here it is {named}"
    elif found[0].points != points:
        yield f"the item {found[0].id} has {found[0].points:g} points, score.points is {points:g}"


def runner_can_be_started(paths: Collection[Role], described: bool) -> Iterator[str]:
    """The faults of a lab that asks for a runner, in `paths`, or has it `described`, not both."""
    if Role.RUNNER in paths and not described:
        yield "runner: layout.paths has one, so there must be a table for it"
    if described and not {Role.RUNNER, Role.PROGRAM} <= set(paths):
        yield "runner: layout.paths needs a path for it, and one for its program"
