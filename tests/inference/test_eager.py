import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from grader.inference.eager import FAST_BATCH, fast_logits, lab_logits
from grader.inference.preprocess import preprocess
from tests.small_networks import PREPROCESSING, logits_of_the_lab, sample_pixels, small


def test_the_fast_way_gives_the_labs_logits_up_to_rounding() -> None:
    """Small channels_last batches move no logit by more than 1e-4."""
    pixels = sample_pixels(64)
    fast = fast_logits(small(), pixels, PREPROCESSING)
    assert fast.shape == (64, 10)
    assert fast.dtype == np.float32
    assert np.abs(fast - logits_of_the_lab(small(), pixels)).max() < 1e-4


def test_the_labs_logits_are_those_of_its_own_loop() -> None:
    """A batch goes through the module as the lab's DataLoader hands it over: contiguous NCHW."""
    images = preprocess(sample_pixels(16), PREPROCESSING).contiguous()
    with torch.inference_mode():
        expected = small().module(images).numpy()
    assert np.array_equal(lab_logits(small(), sample_pixels(16), PREPROCESSING), expected)


def test_the_order_of_images_is_kept() -> None:
    """Reversed images give reversed logits, also where the last batch is not full."""
    pixels = sample_pixels(2 * FAST_BATCH + 3)
    forwards, backwards = (
        fast_logits(small(), pixels, PREPROCESSING),
        fast_logits(small(), pixels[::-1], PREPROCESSING),
    )
    assert np.abs(forwards - backwards[::-1]).max() < 1e-4
    assert np.abs(forwards - backwards).max() > 1e-2


def test_the_watch_hears_how_many_images_are_done() -> None:
    """After each batch it is told the images done so far."""
    heard: list[int] = []
    fast_logits(small(), sample_pixels(2 * FAST_BATCH + 3), PREPROCESSING, heard.append)
    assert heard == [FAST_BATCH, 2 * FAST_BATCH, 2 * FAST_BATCH + 3]


def test_the_network_keeps_its_memory_format() -> None:
    """The channels_last weights are a copy: the lab's batches meet them as they were saved."""
    fast_logits(small(), sample_pixels(1), PREPROCESSING)
    convolutions = [layer for layer in small().module.modules() if isinstance(layer, nn.Conv2d)]
    assert convolutions
    assert all(layer.weight.is_contiguous() for layer in convolutions)


@pytest.mark.parametrize("given", [None, "active"])
def test_idle_threads_sleep_unless_the_user_says_otherwise(given: str | None) -> None:
    """Torch reads the setting when it is imported, so it is made when the grader is imported."""
    environment = {key: each for key, each in os.environ.items() if key != "OMP_WAIT_POLICY"}
    if given:
        environment["OMP_WAIT_POLICY"] = given
    code = "import sys, grader, os; print(os.environ['OMP_WAIT_POLICY'], 'torch' in sys.modules)"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [given or "passive", "False"]
