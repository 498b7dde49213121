import numpy as np

from grader.inference.draw import DRAWN, draw


def random(seed: int = 0) -> np.random.Generator:
    """A hand-in's generator."""
    return np.random.default_rng(seed)


def test_a_draw_is_of_different_images_in_order() -> None:
    """200 of 10,000, within the test set, each once."""
    drawn = draw(10_000, random())
    assert len(drawn) == DRAWN == 200
    assert drawn.dtype == np.int64
    assert (np.diff(drawn) > 0).all()
    assert 0 <= drawn[0] <= drawn[-1] < 10_000


def test_two_hand_ins_have_different_draws() -> None:
    """And the same hand-in has the same images again."""
    assert not np.array_equal(draw(10_000, random(1)), draw(10_000, random(2)))
    assert np.array_equal(draw(10_000, random(1)), draw(10_000, random(1)))


def test_of_few_images_all_are_drawn() -> None:
    """Small tests and samples."""
    assert draw(8, random()).tolist() == list(range(8))
