"""The best n of a student's labs."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.best import Weighted, best

SCORES = st.lists(
    st.builds(
        Weighted,
        fraction=st.floats(-0.5, 1.5).map(lambda each: round(each, 3)),
        weight=st.sampled_from([0.0, 0.5, 1.0, 2.0, 10.0]),
    ),
    max_size=7,
)


def scores(*pairs: tuple[float, float]) -> list[Weighted]:
    """Fractions with their weights."""
    return [Weighted(fraction=fraction, weight=weight) for fraction, weight in pairs]


def test_all_labs_count_by_their_weights() -> None:
    """Without a number of best labs."""
    found = best(scores((0.5, 1), (1.0, 3)), None)
    assert found.places == (0, 1)
    assert found.mean == pytest.approx(0.875)


def test_the_worst_lab_is_left_out() -> None:
    """Of three labs the best two, in their order."""
    found = best(scores((0.9, 1), (0.1, 1), (0.6, 1)), 2)
    assert found.places == (0, 2)
    assert found.mean == pytest.approx(0.75)


def test_a_heavy_lab_that_is_slightly_better_can_lower_the_mean() -> None:
    """The choice is the best for the student, not the two highest percentages."""
    found = best(scores((1.0, 1), (0.8, 100), (0.79, 1)), 2)
    assert found.places == (0, 2)
    assert found.mean == pytest.approx(0.895)


def test_without_labs_or_weights_there_is_no_mean() -> None:
    """Not a zero."""
    assert best([], 2).mean is None
    assert best(scores((0.5, 0)), None).mean is None
    assert best(scores((0.5, 1)), 3).places == (0,)


@given(SCORES, st.integers(1, 7))
def test_no_other_choice_gives_more(labs: list[Weighted], most: int) -> None:
    """Compared with all choices of as many labs."""
    found = best(labs, most)
    number = min(most, len(labs))
    assert len(found.places) == number
    others = [
        sum(each.weight * each.fraction for each in chosen) / weight
        for chosen in combinations(labs, number)
        if (weight := sum(each.weight for each in chosen))
    ]
    if others:
        assert found.mean == pytest.approx(max(others), abs=1e-9)
    else:
        assert found.mean is None
