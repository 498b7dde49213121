import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.labs.kinds import network_lab
from grader.labs.network_lab import ScoreSpec
from grader.scoring.formula import formula_terms, stored_formula

LAB = network_lab()
FREE = LAB.score.model_copy(update={"floor": None})

numbers = st.floats(0, 1_000, allow_nan=False)
fractions = st.floats(0, 1)


def points(mflops: float, accuracy: float, score: ScoreSpec = LAB.score) -> float:
    """What the formula gives."""
    return formula_terms(score, mflops, accuracy)[-1].value


@pytest.mark.parametrize(
    ("mflops", "accuracy", "expected"),
    [
        (45.0, 0.92, 45.0),  # (155/155 - 0) 45
        (45.0, 1.0, 45.0),  # no more for more accuracy
        (200.0, 0.92, 0.0),
        (122.5, 0.95, 22.5),  # half the way
        (45.0, 0.91, 40.5),  # 10 x 0.01 is a tenth
        (45.0, 0.82, 0.0),  # 10 x 0.1 is all of it
        (14.0, 0.92, 54.0),  # (186/155) 45: above 45 is kept
        (26.3, 0.923, (200 - 26.3) / 155 * 45),
        (318.969098, 0.963, (200 - 318.969098) / 155 * 45),
        (45.0, 0.0, (1 - 9.2) * 45),
    ],
)
def test_the_formula_by_hand(mflops: float, accuracy: float, expected: float) -> None:
    """Without floor, ((200 - MFLOPs)/155 - 10 clamp(0.92 - accuracy, 0, 1)) 45."""
    assert points(mflops, accuracy, FREE) == pytest.approx(expected, abs=1e-9)


def test_the_examples_of_the_lab() -> None:
    """26.3 MFLOPs at 92.3 % are 50.4; case A's 43.396277 at 93.11 % are 45.465597."""
    assert points(26.3, 0.923) == pytest.approx(50.4, abs=0.05)
    assert points(43.396277, 0.9311) == pytest.approx(156.603723 / 155 * 45, abs=1e-12)


def test_each_term_shows_its_numbers() -> None:
    """The MFLOPs term, the penalty and the score are lines to check with a pocket calculator."""
    gain, penalty, score = formula_terms(LAB.score, 60.5, 0.9)
    assert (gain.text, gain.value) == ("(200 - 60.500000) / (200 - 45)", 0.9)
    assert penalty.text == "10 * clamp(0.92 - 0.9000, 0, 1)"
    assert penalty.value == pytest.approx(0.2)
    assert score.text == "(0.9000 - 0.2000) * 45"
    assert score.value == pytest.approx(31.5)


def test_the_penalty_stops_at_one_whole_clamp() -> None:
    """The clamp ends at 1: a goal of 1 missed by everything costs ten times the points."""
    goal = FREE.model_copy(update={"accuracy_goal": 1.0})
    assert formula_terms(goal, 45.0, 0.0)[1].value == 10
    assert formula_terms(goal, 45.0, -3.0)[1].value == 10


def test_the_floor_is_a_line_of_its_own() -> None:
    """Where it lifts the score, it is shown below the score it replaces."""
    *_, score, floor = formula_terms(LAB.score, 45.0, 0.5)
    assert score.value == pytest.approx((1 - 4.2) * 45)
    assert (floor.name, floor.text, floor.value) == ("Floor", "floor of 0", 0)
    assert len(formula_terms(LAB.score, 200.0, 0.92)) == 3  # at the floor, not below it


def test_without_a_floor_the_score_goes_below_zero() -> None:
    """The lab's text sets none; the lab file decides."""
    assert points(45.0, 0.5, FREE) == pytest.approx((1 - 4.2) * 45)


def test_the_cap_is_a_line_of_its_own() -> None:
    """A lab with a cap of 50 gives 50 for 54; one without keeps the 54."""
    capped = LAB.score.model_copy(update={"cap": 50.0})
    assert formula_terms(capped, 14.0, 0.92)[-1].text == "cap of 50"
    assert points(14.0, 0.92, capped) == 50
    assert points(14.0, 0.92) == pytest.approx(54)
    assert points(45.0, 0.92, capped) == 45


def test_every_constant_is_the_labs() -> None:
    """Another lab's numbers give another score: (100 - 60)/(100 - 20) - 2 x 0.1, times 10."""
    other = ScoreSpec(
        mflops_ceiling=100, mflops_goal=20, accuracy_goal=0.8, accuracy_factor=2, points=10
    )
    assert points(60.0, 0.7, other) == pytest.approx((0.5 - 0.2) * 10)


@given(first=numbers, second=numbers, accuracy=fractions)
def test_fewer_operations_never_cost_points(first: float, second: float, accuracy: float) -> None:
    """The score falls, or stays, as MFLOPs rise."""
    fewer, more = sorted((first, second))
    assert points(fewer, accuracy) >= points(more, accuracy)


@given(mflops=numbers, first=fractions, second=fractions)
def test_more_accuracy_never_costs_points(mflops: float, first: float, second: float) -> None:
    """The score rises, or stays, with accuracy, and stays above the goal."""
    worse, better = sorted((first, second))
    assert points(mflops, worse) <= points(mflops, better)
    if worse >= LAB.score.accuracy_goal:
        assert points(mflops, worse) == points(mflops, better)


@given(
    mflops=numbers,
    accuracy=fractions,
    floor=st.floats(-50, 0),
    cap=st.floats(0, 100),
)
def test_the_score_stays_between_floor_and_cap(
    mflops: float, accuracy: float, floor: float, cap: float
) -> None:
    """Whatever was measured, and untouched where it lies between them."""
    bounded = LAB.score.model_copy(update={"floor": floor, "cap": cap})
    score, free = points(mflops, accuracy, bounded), points(mflops, accuracy, FREE)
    assert floor <= score <= cap
    assert score == (free if floor <= free <= cap else score)
    assert score in (free, floor, cap)


@given(numbers, fractions)
def test_stored_terms_give_the_formula_again(mflops: float, accuracy: float) -> None:
    """With its constants, for any numbers that it was computed with."""
    terms = formula_terms(LAB.score, mflops, accuracy)
    found = stored_formula(terms, LAB.score.points)
    assert found is not None
    assert found.points(30, 0.91) == pytest.approx(points(30, 0.91, FREE))


def test_other_terms_are_no_formula() -> None:
    """Such as those of a mark that a person gave."""
    assert stored_formula((), 45) is None
