"""The limit on the processor time of our own passes."""

import time

import numpy as np
import pytest
import torch
from torch import nn

from grader.errors import HarnessError
from grader.inference import exact, time_limit
from grader.inference.eager import fast_logits, lab_logits
from grader.inference.runnable import Runnable
from grader.inference.time_limit import TimeLimit
from tests.small_networks import PREPROCESSING, Bare, sample_pixels, small


class Slow(nn.Module):
    """Gives zeros, after this many seconds of processor time for every batch."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Use the processor, then answer."""
        until = time.thread_time() + self._seconds
        while time.thread_time() < until:
            pass
        return torch.zeros(len(images), 10)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Runnable:
    """A network that needs more than the limit for three batches."""
    monkeypatch.setattr(time_limit, "SECONDS_AT_LEAST", 0.12)
    monkeypatch.setattr(time_limit, "SECONDS_FOR_AN_IMAGE", 0.0)
    return Bare(module=Slow(0.05))


def test_the_limit_grows_with_the_network_and_the_images() -> None:
    """A larger network and more images have more time."""
    wide = Bare(module=nn.Conv2d(3, 64, 3))
    few, many = (TimeLimit(small(), images, PREPROCESSING).seconds for images in (10, 10_000))
    assert time_limit.SECONDS_AT_LEAST < few < many
    assert TimeLimit(wide, 10_000, PREPROCESSING).seconds > many


def test_an_honest_pass_is_far_below_its_limit() -> None:
    """The limit is ample, because a slow machine must not make an ERROR."""
    limit = TimeLimit(small(), 64, PREPROCESSING)
    started = time.process_time()
    fast_logits(small(), sample_pixels(64), PREPROCESSING, limit=limit)
    assert time.process_time() - started < limit.seconds / 10


@pytest.mark.parametrize("engine", [fast_logits, lab_logits])
def test_a_pass_ends_when_its_time_is_used_up(slow: Runnable, engine: object) -> None:
    """With a reason that names the time."""
    limit = TimeLimit(slow, 8, PREPROCESSING)
    assert callable(engine)
    for _ in range(3):
        engine(slow, sample_pixels(8), PREPROCESSING, limit=limit)
    with pytest.raises(HarnessError, match="processor time"):
        engine(slow, sample_pixels(8), PREPROCESSING, limit=limit)


def test_time_without_the_processor_does_not_count(slow: Runnable) -> None:
    """A busy or suspended machine makes no ERROR."""
    limit = TimeLimit(slow, 8, PREPROCESSING)
    for _ in range(3):
        with limit.counted():
            time.sleep(0.1)


def test_every_way_of_deciding_ends(slow: Runnable) -> None:
    """Without a fast engine, and in the lab's own batches: the network is of an unknown kind."""
    pixels = sample_pixels(1_000)
    started = time.process_time()
    with pytest.raises(HarnessError, match="processor time"):
        exact.decide_eagerly(slow, pixels, PREPROCESSING)
    with pytest.raises(HarnessError, match="processor time"):
        exact.decide(slow, pixels, PREPROCESSING, np.zeros((1_000, 10), np.float32), np.arange(1))
    assert time.process_time() - started < 5
