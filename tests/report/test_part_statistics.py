import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from grader.report.part_statistics import (
    Bin,
    PartStatistics,
    distribution,
    item_rest_correlation,
    part_statistics,
)
from grader.types import Grade, GradedQuestion, GradeItem, Report, Status
from tests.report.examples import passed

BASE = passed("1", 44.0, 9300, 0.4)
Points = Mapping[str, float | None]


def hand_in(formula: float | None, questions: Points) -> Report:
    """A hand-in with these points for the formula and for questions of 10 points each."""
    asked = tuple(
        GradedQuestion(
            id=id,
            title=f"Question {id}",
            possible=10.0,
            earned=points,
            by=None,
            status=Status.SKIPPED,
            reason=None,
        )
        for id, points in questions.items()
    )
    items = (
        GradeItem(
            id="formula",
            title="Part 2",
            kind="formula",
            earned=formula,
            possible=45.0,
            status=Status.PASSED,
        ),
        GradeItem(
            id="part-1",
            title="Part 1",
            kind="questions",
            earned=None,
            possible=20.0,
            status=Status.PASSED,
            questions=asked,
        ),
    )
    grade = Grade(items=items, total=None, pending=0.0, needs_review=False)
    return replace(BASE, grade=grade)


def by_id(*reports: Report) -> dict[str, PartStatistics]:
    """The statistics of these hand-ins, by part."""
    return {each.id: each for each in part_statistics(reports)}


def pearson(xs: list[float], ys: list[float]) -> float:
    """The correlation by its definition."""
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    both = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True))
    return both / math.sqrt(sum((a - x) ** 2 for a in xs) * sum((b - y) ** 2 for b in ys))


def test_mean_and_median_are_over_the_decided() -> None:
    """A pending question is neither a zero nor part of the mean."""
    found = by_id(
        hand_in(40.0, {"1": 1.0, "2": None}),
        hand_in(20.0, {"1": 4.0, "2": None}),
        hand_in(None, {"1": 10.0, "2": 5.0}),
        hand_in(30.0, {"1": None, "2": None}),
    )
    assert list(found) == ["formula", "1", "2"]
    one, two, formula = found["1"], found["2"], found["formula"]
    assert (one.mean, one.median, one.decided, one.pending) == (5.0, 4.0, 3, 1)
    assert (two.mean, two.median, two.decided, two.pending) == (5.0, 5.0, 1, 3)
    assert (formula.mean, formula.median, formula.decided) == (30.0, 30.0, 3)
    assert (one.title, one.possible) == ("Question 1", 10.0)


def test_nothing_decided_has_no_number() -> None:
    """Neither mean nor median nor discrimination; the hand-ins are pending."""
    (formula, one) = part_statistics([hand_in(None, {"1": None})] * 4)
    for each in (formula, one):
        assert (each.mean, each.median, each.discrimination, each.pending) == (None, None, None, 4)
        assert each.distribution == ()
    assert part_statistics([]) == ()


def test_the_discrimination_is_the_item_rest_correlation() -> None:
    """Pearson's correlation with the sum of the other parts, without the part itself."""
    random = Random(7)  # noqa: S311 - an invented class
    rows = [[random.uniform(0, 45), random.randint(0, 10), random.randint(0, 10)] for _ in range(9)]
    found = by_id(*(hand_in(a, {"1": b, "2": c}) for a, b, c in rows))
    for at, id in enumerate(("formula", "1", "2")):
        own = [row[at] for row in rows]
        rest = [sum(row) - row[at] for row in rows]
        assert found[id].discrimination == pytest.approx(pearson(own, rest))
        assert found[id].compared == 9


@pytest.mark.parametrize(("sign", "expected"), [(1, 1.0), (-1, -1.0)])
def test_a_question_in_step_with_the_rest_discriminates_fully(sign: int, expected: float) -> None:
    """One that only the good students solve has 1, one that only the others solve has -1."""
    complete = [{"1": sign * points, "2": 2.0 * points} for points in (1.0, 2.0, 5.0, 7.0)]
    assert item_rest_correlation("1", complete) == pytest.approx(expected)


def test_hand_ins_with_pending_parts_are_not_compared() -> None:
    """A part that nobody has points for yet is left out, so that the others can be compared."""
    rows = [(1.0, 2.0), (2.0, 1.0), (5.0, 9.0), (None, 3.0)]
    found = by_id(*(hand_in(a, {"1": b, "2": None}) for a, b in rows))
    assert found["1"].compared == 3
    assert found["1"].discrimination == pytest.approx(pearson([2, 1, 9], [1, 2, 5]))
    assert (found["2"].discrimination, found["2"].compared) == (None, 0)


@pytest.mark.parametrize(
    "complete",
    [
        [],
        [{"1": 1.0, "2": 1.0}, {"1": 2.0, "2": 3.0}],
        [{"1": 0.1, "2": float(at)} for at in range(5)],
        [{"1": float(at), "2": 0.1} for at in range(5)],
        [{"1": float(at)} for at in range(5)],
    ],
)
def test_without_differences_there_is_no_discrimination(complete: list[dict[str, float]]) -> None:
    """Fewer than three hand-ins, equal points, or no other part."""
    assert item_rest_correlation("1", complete) is None


def test_few_values_are_counted_one_by_one() -> None:
    """In ascending order, each with its own count."""
    assert distribution([2.0, 0.0, 2.0, 1.5], 2.0) == (
        Bin(low=0.0, high=0.0, count=1),
        Bin(low=1.5, high=1.5, count=1),
        Bin(low=2.0, high=2.0, count=2),
    )


def test_many_values_are_in_ten_bins() -> None:
    """From 0 to the possible points; every hand-in is in one bin."""
    points = [45 * at / 99 for at in range(100)]
    bins = distribution(points, 45.0)
    assert len(bins) == 10
    assert [bins[0].low, bins[-1].high] == pytest.approx([0.0, 45.0])
    assert all(one.high == pytest.approx(other.low) for one, other in pairwise(bins))
    assert [each.count for each in bins] == [10] * 10
    wider = distribution([*points, -5.0, 50.0], 45.0)
    assert [wider[0].low, wider[-1].high] == pytest.approx([-5.0, 50.0])
    assert sum(each.count for each in wider) == 102
