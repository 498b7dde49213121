"""Runs the network in eager PyTorch as the lab does; every other engine must equal its result."""

import copy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from grader.datasets.dataset import Pixels, Preprocessing
from grader.inference.preprocess import batches, preprocess
from grader.inference.runnable import Runnable
from grader.inference.time_limit import TimeLimit

LAB_BATCH = 64  # the batch of the lab's DataLoader
FAST_BATCH = 8  # with channels_last, the fastest batch size from 1 to 64 on two cores

Logits = NDArray[np.float32]


def lab_logits(
    network: Runnable,
    pixels: Pixels,
    preprocessing: Preprocessing,
    limit: TimeLimit | None = None,
) -> Logits:
    """Return one batch's logits as the lab's loop computes them, in contiguous NCHW.

    `pixels` is uint8 of shape (N, *the data set's shape); the result is float32 of shape
    (N, classes). Raises `HarnessError` if the time of `limit`, by default that of these images, is
    used up.
    """
    limit = limit or TimeLimit(network, len(pixels), preprocessing)
    images = preprocess(pixels, preprocessing)
    with limit.counted(), torch.inference_mode():
        logits: Logits = network.module(images).numpy()
    return logits


def fast_logits(
    network: Runnable,
    pixels: Pixels,
    preprocessing: Preprocessing,
    watch: Callable[[int], None] = lambda _done: None,
    limit: TimeLimit | None = None,
) -> Logits:
    """Return the logits of all `pixels`, computed in small channels_last batches.

    They are float32 of shape (N, classes), and equal the lab's up to rounding. `watch` gets the
    number of images done, after every batch. Raises `HarnessError` if the time of `limit`, by
    default that of these images, is used up.

    Each batch has one thread. If two threads share a batch, they wait for each other at each of 150
    layers: on a busy machine that takes fifteen times the processor time.
    """
    limit = limit or TimeLimit(network, len(pixels), preprocessing)
    # A copy: `lab_logits` must use the weights in the memory format in which they were saved.
    module = copy.deepcopy(network.module)
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub lacks it

    def logits(part: Pixels) -> Logits:
        images = preprocess(part, preprocessing).contiguous(memory_format=torch.channels_last)
        with limit.counted(), torch.inference_mode():
            found: Logits = module(images).numpy()
        return found

    threads = torch.get_num_threads()
    one_thread = partial(torch.set_num_threads, 1)
    parts: list[Logits] = []
    try:
        with ThreadPoolExecutor(threads, initializer=one_thread) as pool:
            for part in pool.map(logits, (part for _, part in batches(pixels, FAST_BATCH))):
                parts.append(part)
                watch(min(len(parts) * FAST_BATCH, len(pixels)))
    finally:
        torch.set_num_threads(threads)
    return np.concatenate(parts)
