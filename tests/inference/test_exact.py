import copy
import functools
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

from grader.datasets.dataset import Pixels, Preprocessing
from grader.inference import exact
from grader.inference.eager import FAST_BATCH, LAB_BATCH, Logits
from grader.inference.exact import (
    DIFFERENT,
    GUARD,
    LARGE,
    NO_ENGINE,
    WIDENING,
    Decided,
    decide_eagerly,
    margins,
)
from grader.inference.runnable import Runnable
from tests.small_networks import PREPROCESSING, Bare, logits_of_the_lab, sample_pixels, small

IMAGES = 2 * LAB_BATCH
INSIDE = 0.49 * GUARD  # two logits may be off by this much, and their margin is not off by GUARD


@functools.cache
def quick() -> Runnable:
    """A network of one layer, for tests that need many answers; many of its margins are small."""
    torch.manual_seed(0)
    linear = nn.Linear(48, 10)
    nn.init.normal_(linear.weight, std=0.003)
    module = nn.Sequential(nn.AvgPool2d(56), nn.Flatten(), linear)
    return Bare(module=module.requires_grad_(False))


class Function(nn.Module):
    """A network whose logits are a function of how many images are in the batch."""

    def __init__(self, logits: Callable[[int], torch.Tensor]) -> None:
        super().__init__()
        self._logits = logits
        self.nothing = nn.Identity()  # so that this is no layer of an unknown kind

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """As many equal rows as there are images."""
        return self._logits(len(images)).repeat(len(images), 1)


def answering(logits: Callable[[int], torch.Tensor]) -> Runnable:
    """A network that answers `logits`, given the batch's size, for each image."""
    return Bare(module=Function(logits))


@functools.cache
def truth() -> Logits:
    """Return the classes that the lab's loop computes with `quick()`."""
    return logits_of_the_lab(quick(), sample_pixels(IMAGES))


def decide(
    network: Runnable, pixels: Pixels, preprocessing: Preprocessing, fast: Logits
) -> Decided:
    """As `exact.decide`, with images drawn from the first batch only."""
    return exact.decide(network, pixels, preprocessing, fast, np.arange(1))


def at_worst(logits: Logits, error: float) -> Logits:
    """The same with the best class pushed down, and the second pushed up, by `error`."""
    wrong, rows = logits.copy(), np.arange(len(logits))
    order = logits.argsort(axis=1)
    wrong[rows, order[:, -1]] -= error
    wrong[rows, order[:, -2]] += error
    return wrong


def test_a_margin_is_the_distance_between_the_two_best() -> None:
    """Of (1, 5, 3.5) it is 1.5, of two equal best classes 0."""
    logits = np.array([[1, 5, 3.5], [2, 2, -7]], np.float32)
    assert margins(logits).tolist() == [1.5, 0]
    assert logits.tolist() == [[1, 5, 3.5], [2, 2, -7]]


def test_the_worst_error_inside_the_guard_changes_no_class() -> None:
    """An engine whose error turns answers round is overruled on every one of them."""
    fast = at_worst(truth(), INSIDE)
    fast[:LAB_BATCH] = truth()[:LAB_BATCH]
    classes = truth().argmax(axis=1)
    assert (fast.argmax(axis=1) != classes).any()
    decided = decide(quick(), sample_pixels(IMAGES), PREPROCESSING, fast)
    assert np.array_equal(decided.classes, classes)
    assert decided.guard == GUARD
    assert decided.decided_again == int((margins(fast) <= GUARD).sum()) < IMAGES


@settings(max_examples=15)
@example(seed=0, error=0.0)
@example(seed=1, error=INSIDE)
@given(seed=st.integers(0, 2**32 - 1), error=st.floats(0, INSIDE))
def test_no_error_inside_the_guard_changes_a_class(seed: int, error: float) -> None:
    """Whatever the engine adds to its logits within the guard, the classes are eager's."""
    noise = np.random.default_rng(seed).uniform(-error, error, truth().shape)
    decided = decide(
        quick(), sample_pixels(IMAGES), PREPROCESSING, (truth() + noise).astype(np.float32)
    )
    assert np.array_equal(decided.classes, truth().argmax(axis=1))


def test_an_error_on_the_first_batch_widens_the_guard() -> None:
    """An engine that is 0.1 off there is trusted with margins above 50 x 0.1 only."""
    fast = at_worst(truth(), 0.1)
    decided = decide(quick(), sample_pixels(IMAGES), PREPROCESSING, fast)
    assert decided.largest_error == pytest.approx(0.1, rel=1e-4)
    assert decided.guard == pytest.approx(WIDENING * 0.1, rel=1e-4)
    assert np.array_equal(decided.classes, truth().argmax(axis=1))


def wrong_later() -> Logits:
    """An engine's logits that are right on the first batch, and wrong by far after it."""
    fast = truth().copy()
    fast[LAB_BATCH:] = np.roll(np.eye(10, dtype=np.float32), 3, axis=1)[fast[LAB_BATCH:].argmax(1)]
    return fast


def test_an_error_on_one_drawn_image_has_eager_decide_all() -> None:
    """The engine is right on the first batch; one image that it could not know is enough."""
    pixels = sample_pixels(IMAGES)
    fast = truth().copy()
    fast[LAB_BATCH + 7] = wrong_later()[LAB_BATCH + 7]
    drawn = np.array([3, LAB_BATCH + 7])
    decided = exact.decide(quick(), pixels, PREPROCESSING, fast, drawn)
    assert np.array_equal(decided.classes, truth().argmax(axis=1))
    assert (decided.decided_again, decided.all_because) == (IMAGES, DIFFERENT)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_drawn_image_that_is_no_number_has_eager_decide_all(value: float) -> None:
    """NaN is not within any distance."""
    fast = truth().copy()
    fast[-1] = value
    drawn = np.array([IMAGES - 1])
    decided = exact.decide(quick(), sample_pixels(IMAGES), PREPROCESSING, fast, drawn)
    assert decided.all_because == DIFFERENT
    assert np.array_equal(decided.classes, truth().argmax(axis=1))


@pytest.mark.parametrize("seed", range(3))
def test_the_draw_changes_nothing_for_a_right_engine(seed: int) -> None:
    """Whatever the draw, the classes and the evidence of them are the same."""
    drawn = np.random.default_rng(seed).choice(IMAGES, 20, replace=False)
    fast = truth() + np.float32(1e-5)
    decided = exact.decide(quick(), sample_pixels(IMAGES), PREPROCESSING, fast, drawn)
    same = decide(quick(), sample_pixels(IMAGES), PREPROCESSING, fast)
    assert np.array_equal(decided.classes, same.classes)
    assert (decided.guard, decided.decided_again, decided.all_because) == (
        *(same.guard, same.decided_again),
        None,
    )


def test_an_error_on_images_that_are_not_drawn_is_believed() -> None:
    """The limit of the guarantee, as the module says."""
    decided = decide(quick(), sample_pixels(IMAGES), PREPROCESSING, wrong_later())
    classes = truth().argmax(axis=1)
    assert np.array_equal(decided.classes[:LAB_BATCH], classes[:LAB_BATCH])
    assert np.array_equal(decided.classes[LAB_BATCH:], (classes[LAB_BATCH:] + 3) % 10)


def test_large_weights_have_the_labs_loop_decide_all() -> None:
    """The engine agrees on the first batch, and is not asked for the others."""
    network = Bare(module=copy.deepcopy(quick().module))
    linear = network.module[2]  # type: ignore[index]  # a Sequential
    linear.weight.mul_(1e37)
    linear.bias[4] = -3e38
    logits = logits_of_the_lab(network, sample_pixels(IMAGES))
    fast = logits.copy()
    fast[LAB_BATCH:] = wrong_later()[LAB_BATCH:]
    decided = decide(network, sample_pixels(IMAGES), PREPROCESSING, fast)
    assert np.array_equal(decided.classes, logits.argmax(axis=1))
    assert (decided.decided_again, decided.all_because) == (IMAGES, LARGE)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_an_engine_that_answers_no_numbers_decides_nothing(value: float) -> None:
    """All NaN, or infinite, and every image is decided by eager."""
    fast = np.full_like(truth(), value)
    decided = decide(quick(), sample_pixels(IMAGES), PREPROCESSING, fast)
    assert np.array_equal(decided.classes, truth().argmax(axis=1))
    assert decided.decided_again == IMAGES
    assert decided.guard == np.inf


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_row_that_is_no_number_is_decided_by_eager(value: float) -> None:
    """After a first batch that is right, infinity does not pass for a clear answer."""
    fast = truth().copy()
    wrong = (truth()[-1].argmax() + 1) % 10
    fast[-1, wrong] = value
    decided = decide(quick(), sample_pixels(IMAGES), PREPROCESSING, fast)
    assert np.array_equal(decided.classes, truth().argmax(axis=1))
    assert decided.decided_again == int((margins(truth())[:-1] <= GUARD).sum()) + 1


def test_a_near_tie_is_decided_by_the_labs_own_batch() -> None:
    """If rounding changes the class with the batch size, the lab's batch of 64 decides."""
    undecided = answering(lambda size: torch.eye(10)[3] * (1e-5 if size > FAST_BATCH else -1e-5))
    pixels = sample_pixels(100)  # the lab's second batch has 36
    expected = np.full(100, 3)
    fast = np.zeros((100, 10), np.float32)
    assert np.array_equal(decide(undecided, pixels, PREPROCESSING, fast).classes, expected)
    assert np.array_equal(decide_eagerly(undecided, pixels, PREPROCESSING).classes, expected)


def test_how_near_a_tie_is_depends_on_the_size_of_the_logits() -> None:
    """Logits of 1,000 move by more than 1e-4 with the batch size: 0.01 apart is a tie there."""

    def thousands(size: int) -> torch.Tensor:
        logits = torch.zeros(10)
        logits[0], logits[3] = 1000, 1000 + (0.01 if size > FAST_BATCH else -0.01)
        return logits

    decided = decide_eagerly(answering(thousands), sample_pixels(LAB_BATCH), PREPROCESSING)
    assert set(decided.classes.tolist()) == {3}


def test_a_network_that_answers_nan_gets_the_labs_class() -> None:
    """Weights that overflow answer NaN, whose argmax is the first NaN in the lab's loop too."""
    overflowing = answering(lambda _size: torch.tensor([0.0, 1, float("nan"), 3]))
    pixels = sample_pixels(LAB_BATCH)
    expected = logits_of_the_lab(overflowing, pixels).argmax(axis=1)
    fast = np.full((LAB_BATCH, 4), np.nan, np.float32)
    assert np.array_equal(decide(overflowing, pixels, PREPROCESSING, fast).classes, expected)
    assert set(expected.tolist()) == {2}


@pytest.mark.parametrize("images", [1, 64, 100])
def test_without_a_fast_engine_the_classes_are_the_same(images: int) -> None:
    """Deciding eagerly, and with exact fast logits, both give the lab's loop's classes."""
    pixels = sample_pixels(images)
    logits = logits_of_the_lab(small(), pixels)
    fast, eager = (
        decide(small(), pixels, PREPROCESSING, logits),
        decide_eagerly(small(), pixels, PREPROCESSING),
    )
    assert np.array_equal(fast.classes, logits.argmax(axis=1))
    assert np.array_equal(eager.classes, logits.argmax(axis=1))
    assert (eager.decided_again, eager.guard) == (images, np.inf)
    assert (eager.all_because, fast.all_because) == (NO_ENGINE, None)
    assert fast.decided_again < images or images == 1
