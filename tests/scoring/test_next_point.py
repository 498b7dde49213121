from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.labs.network_lab import ScoreSpec
from grader.scoring.formula import formula_terms
from grader.scoring.next_point import FormulaInput, NextPoint, advice, next_point
from tests.report.examples import LAB

NO_FLOOR = LAB.score.model_copy(update={"floor": None})
STANDINGS = st.builds(
    FormulaInput,
    mflops=st.integers(1_000_000, 319_000_000).map(lambda operations: operations / 1e6),
    correct=st.integers(7_500, 10_000),
    images=st.just(10_000),
)


def points(score: ScoreSpec, mflops: float, correct: int) -> float:
    """What the lab's formula gives for so many of 10,000 images."""
    return formula_terms(score, mflops, correct / 10_000)[-1].value


def test_the_labs_slope() -> None:
    """A point costs 155/45 MFLOPs, or 10,000/450 images: the first whole number that is enough."""
    found = next_point(LAB.score, FormulaInput(mflops=100.0, correct=9_000, images=10_000))
    assert found.mflops == Fraction(155, 45)
    assert found.images == 23
    assert not found.lost


@given(STANDINGS)
def test_so_many_mflops_fewer_are_one_point(at: FormulaInput) -> None:
    """By the scorer's own formula, from wherever it is not bounded."""
    found = next_point(NO_FLOOR, at)
    assume(found.mflops is not None)
    assert found.mflops is not None
    before = points(NO_FLOOR, at.mflops, at.correct)
    after = points(NO_FLOOR, at.mflops - float(found.mflops), at.correct)
    assert after - before == pytest.approx(1, abs=1e-6)


@given(STANDINGS)
def test_no_fewer_images_are_one_point(at: FormulaInput) -> None:
    """`images` give at least a point, one fewer does not; or all that are left give less."""
    found = next_point(LAB.score, at)
    before = points(LAB.score, at.mflops, at.correct)
    if found.images is not None:
        after = points(LAB.score, at.mflops, at.correct + found.images)
        assert after - before >= 1 - 1e-6
        assert points(LAB.score, at.mflops, at.correct + found.images - 1) - before < 1 + 1e-6
    elif found.mflops is not None:
        reached = points(LAB.score, at.mflops, min(10_000, at.correct + found.images_left))
        assert reached - before < 1 + 1e-6


def test_below_the_floor_it_costs_more() -> None:
    """The distance to the floor is made up first."""
    found = next_point(LAB.score, FormulaInput(mflops=231.0, correct=9_300, images=10_000))
    assert found.lost == 9
    assert found.mflops == Fraction(155, 45) * 10
    first, *_ = advice(LAB.score, FormulaInput(mflops=231.0, correct=9_300, images=10_000))
    assert "9.00 points below" in first


def test_near_the_goal_images_bring_less_than_a_point() -> None:
    """Ten images short, ten images bring 10 * 450 / 10,000 points together."""
    at = FormulaInput(mflops=100.0, correct=9_190, images=10_000)
    found = next_point(LAB.score, at)
    assert (found.images, found.images_left) == (None, 10)
    assert found.images_worth == Fraction(45, 100)
    assert "0.45 points" in advice(LAB.score, at)[1]


def test_above_the_goal_only_mflops_count() -> None:
    """Accuracy above its goal gives no points, and the advice says so."""
    at = FormulaInput(mflops=44.0, correct=9_300, images=10_000)
    found = next_point(LAB.score, at)
    assert (found.images, found.images_left) == (None, 0)
    mflops, accuracy = advice(LAB.score, at)
    assert "3.45 MFLOPs" in mflops
    assert "goal of 92%" in accuracy


def test_at_the_cap_there_is_no_next_point() -> None:
    """At the cap of a lab there is no advice."""
    capped = LAB.score.model_copy(update={"cap": 45.0})
    at = FormulaInput(mflops=30.0, correct=9_300, images=10_000)
    assert next_point(capped, at).at_the_cap
    (line,) = advice(capped, at)
    assert "45 points" in line


def test_close_to_the_cap_only_what_is_left_is_promised() -> None:
    """Half a point below it, half a point is what 0.5 * 155 / 45 MFLOPs bring, rounded up."""
    capped = LAB.score.model_copy(update={"cap": 45.5})
    at = FormulaInput(mflops=45.0, correct=9_300, images=10_000)
    assert next_point(capped, at).gain == Fraction(1, 2)
    assert "0.50 points" in advice(capped, at)[0]
    assert "1.73 MFLOPs" in advice(capped, at)[0]


@given(STANDINGS)
def test_no_more_is_promised_than_comes(at: FormulaInput) -> None:
    """The images to the goal give the promised points; those below the floor are not promised."""
    found = next_point(LAB.score, at)
    assume(found.images is None)
    reached = points(LAB.score, at.mflops, min(10_000, at.correct + found.images_left))
    assert reached - points(LAB.score, at.mflops, at.correct) == pytest.approx(
        float(found.images_worth), abs=1e-6
    )


def test_far_below_the_floor_images_alone_bring_nothing() -> None:
    """200 images are worth 9 points of a formula that is 34 below its floor."""
    at = FormulaInput(mflops=318.969098, correct=9_000, images=10_000)
    line = advice(LAB.score, at)[-1]
    assert line.startswith("200 more of the 10,000 images")
    assert "92%" in line
    assert "nothing without" in line


def test_the_goal_is_written_as_the_lab_has_it() -> None:
    """92.5 % is not 92 %."""
    lab = LAB.score.model_copy(update={"accuracy_goal": 0.925})
    told = advice(lab, FormulaInput(mflops=100.0, correct=9_240, images=10_000))
    assert "92.5%" in told[1]


@pytest.mark.parametrize(
    ("change", "expected"),
    [({"accuracy_factor": 0.0}, None), ({"points": 0.0}, None)],
)
def test_a_flat_formula_has_no_slope(change: dict[str, float], expected: None) -> None:
    """Where accuracy or the points count for nothing, no number of images is named."""
    found = next_point(
        LAB.score.model_copy(update=change), FormulaInput(mflops=44.0, correct=9_000, images=10_000)
    )
    assert isinstance(found, NextPoint)
    assert found.images is expected
