import numpy as np

from grader.inference.draw import DRAWN, draw


def test_a_draw_is_of_different_images_in_order() -> None:
    """200 of 10,000, within the test set, each once."""
    drawn = draw(10_000)
    assert len(drawn) == DRAWN == 200
    assert drawn.dtype == np.int64
    assert (np.diff(drawn) > 0).all()
    assert 0 <= drawn[0] <= drawn[-1] < 10_000


def test_two_draws_differ() -> None:
    """Nobody knows a draw from an earlier one; two equal ones have a chance of 1 in 10^424."""
    assert not np.array_equal(draw(10_000), draw(10_000))


def test_of_few_images_all_are_drawn() -> None:
    """Small tests and samples."""
    assert draw(8).tolist() == list(range(8))
