"""The network in PyTorch, run as the lab runs it: this is what every other engine must equal."""

import copy
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from grader.datasets.dataset import Pixels, Preprocessing
from grader.inference.preprocess import batches, preprocess
from grader.inference.runnable import Runnable

LAB_BATCH = 64  # the batch of the lab's DataLoader
FAST_BATCH = 8  # with channels_last the fastest of 1 to 64 on two cores

Logits = NDArray[np.float32]


def lab_logits(network: Runnable, pixels: Pixels, preprocessing: Preprocessing) -> Logits:
    """One batch as the lab's loop computes it, contiguous NCHW: float32 of shape (N, classes)."""
    images = preprocess(pixels, preprocessing)
    with torch.inference_mode():
        logits: Logits = network.module(images).numpy()
    return logits


def fast_logits(
    network: Runnable,
    pixels: Pixels,
    preprocessing: Preprocessing,
    watch: Callable[[int], None] = lambda _done: None,
) -> Logits:
    """All of `pixels` in small channels_last batches: the lab's logits up to rounding."""
    # A copy: the lab's own batches must meet the weights as they were saved.
    module = copy.deepcopy(network.module)
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub lacks it
    parts = []
    with torch.inference_mode():
        for start, part in batches(pixels, FAST_BATCH):
            images = preprocess(part, preprocessing).contiguous(memory_format=torch.channels_last)
            parts.append(module(images).numpy())
            watch(start + len(part))
    return np.concatenate(parts)
