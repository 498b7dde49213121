"""The faults between the tables of a lab, each of which is right in itself."""

import pytest

from grader.labs.consistency import (
    formula_fills_one_item,
    questions_fill_items,
    runner_can_be_started,
)
from grader.labs.item import Item
from grader.labs.question import Question
from grader.types import Role


def item(id: str, points: float, kind: str = "questions") -> Item:
    """An item of which its points and its kind matter."""
    return Item.model_validate({"id": id, "title": id, "points": points, "kind": kind})


def question(id: str, points: float, item: str = "part1") -> Question:
    """A text that a person marks."""
    return Question.model_validate(
        {
            "id": id,
            "item": item,
            "title": id,
            "points": points,
            "kind": "text",
            "headings": [id],
            "takes": "answer",
        }
    )


def test_points_that_add_up_have_no_fault() -> None:
    """An item without questions of its own kind needs none; rounding is no fault."""
    items = [item("part1", 0.3), item("part2", 5, "manual")]
    assert list(questions_fill_items(items, [question("1", 0.1), question("2", 0.2)])) == []


def test_both_sums_are_told() -> None:
    """That of the questions and that of the item."""
    (fault,) = questions_fill_items([item("part1", 5)], [question("1", 2), question("2", 2.5)])
    assert "part1" in fault
    assert "4.5" in fault
    assert "5 points" in fault


def test_an_item_without_its_questions_adds_up_to_nothing() -> None:
    """None is not enough for points."""
    (fault,) = questions_fill_items([item("part1", 5)], [])
    assert "add up to 0" in fault


def test_every_id_is_there_once() -> None:
    """Of items, of questions, and across both."""
    items = [item("part1", 4), item("part1", 4)]
    faults = list(questions_fill_items(items, [question("1", 2), question("1", 2)]))
    assert len([each for each in faults if each.startswith("items: 2 ")]) == 1
    assert len([each for each in faults if each.startswith("questions: 2 ")]) == 1
    (fault,) = questions_fill_items([item("part1", 2)], [question("part1", 2)])
    assert "also the id of an item" in fault


@pytest.mark.parametrize("home", ["part9", "part2"])
def test_a_question_needs_an_item_of_questions(home: str) -> None:
    """One that is not there, and one of another kind, are named with the question."""
    items = [item("part1", 2), item("part2", 2, "manual")]
    questions = [question("1", 2), question("2", 2, home)]
    (fault,) = questions_fill_items(items, questions)
    assert fault.startswith("questions[2].item: ")
    assert home in fault


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ([item("a", 45, "formula")], None),
        ([item("a", 45, "formula"), item("b", 45, "manual")], None),
        ([], "none"),
        ([item("a", 45, "manual")], "none"),
        ([item("a", 20, "formula"), item("b", 25, "formula")], "a, b"),
        ([item("a", 40, "formula")], "40 points, score.points is 45"),
    ],
)
def test_the_formula_has_one_item_of_its_points(items: list[Item], told: str | None) -> None:
    """None, several, and one of other points are faults."""
    faults = list(formula_fills_one_item(items, 45))
    assert len(faults) == (told is not None)
    assert all(told is not None and told in fault for fault in faults)


@pytest.mark.parametrize(
    ("paths", "described", "faults"),
    [
        ((Role.CHECKPOINT,), False, 0),
        ((Role.CHECKPOINT, Role.PROGRAM, Role.RUNNER), True, 0),
        ((Role.PROGRAM, Role.RUNNER), False, 1),
        ((Role.CHECKPOINT,), True, 1),
        ((Role.CHECKPOINT, Role.RUNNER), True, 1),
    ],
)
def test_a_runner_is_asked_for_and_described(
    paths: tuple[Role, ...], described: bool, faults: int
) -> None:
    """One without the other is a fault, and so is a runner without a program to run."""
    found = list(runner_can_be_started(paths, described))
    assert len(found) == faults
    assert all(each.startswith("runner: ") for each in found)
