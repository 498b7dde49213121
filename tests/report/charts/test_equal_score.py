import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.labs.kinds import network_lab
from grader.report.charts.equal_score import equal_score, levels
from grader.report.charts.plot_frame import Frame
from grader.scoring.formula import formula_terms

SCORE = network_lab().score
WHOLE = Frame(left=0.0, right=200.0, lowest=0.79, highest=0.98)
CLASS = Frame(left=20.0, right=120.0, lowest=0.90, highest=0.95)
BELOW_THE_GOAL = Frame(left=20.0, right=60.0, lowest=0.85, highest=0.90)


@pytest.mark.parametrize("within", [WHOLE, CLASS, BELOW_THE_GOAL])
def test_a_line_has_the_same_score_all_along(within: Frame) -> None:
    """At each corner the lab's formula gives the line's points, and the corner is in the frame."""
    found = levels(SCORE, within)
    assert len(found) > 1
    for level in found:
        corners = equal_score(SCORE, level, within)
        assert len(corners) in {2, 3}
        for corner in corners:
            *_, score = formula_terms(SCORE, corner.mflops, corner.accuracy)
            assert score.value == pytest.approx(level)
            assert within.nearest(corner) == corner


def test_the_lines_are_at_round_points_of_the_frame() -> None:
    """Not more than eight, in ascending order, also if the formula gives few points."""
    assert levels(SCORE, CLASS) == (15, 20, 25, 30, 35, 40, 45, 50)
    few = SCORE.model_copy(update={"points": 1.0})
    assert levels(few, CLASS) == pytest.approx((0.4, 0.6, 0.8, 1.0))


def test_no_line_is_beyond_what_the_formula_can_give() -> None:
    """Below the floor and above the cap all networks have the same points."""
    bounded = SCORE.model_copy(update={"floor": 21.0, "cap": 44.0})
    assert all(21 <= each <= 44 for each in levels(bounded, CLASS))
    assert levels(SCORE.model_copy(update={"points": 0.0}), CLASS) == ()


@given(st.floats(min_value=-100, max_value=100))
def test_a_line_stays_in_the_frame(level: float) -> None:
    """For all points, a line is in the frame or empty."""
    for corner in equal_score(SCORE, level, CLASS):
        assert CLASS.nearest(corner) == corner


def test_a_line_outside_of_the_frame_is_empty() -> None:
    """Sixty points would need fewer than 0 MFLOPs."""
    assert equal_score(SCORE, 60.0, WHOLE) == ()


def test_a_lab_without_an_accuracy_penalty_has_upright_lines() -> None:
    """If accuracy does not count, a line is vertical."""
    score = SCORE.model_copy(update={"accuracy_factor": 0.0})
    top, *_, bottom = equal_score(score, 45.0, WHOLE)
    assert top.mflops == bottom.mflops == 45.0
    assert (top.accuracy, bottom.accuracy) == (WHOLE.highest, WHOLE.lowest)
