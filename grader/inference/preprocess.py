"""A data set's preprocessing: PIL's bilinear `Resize`, `ToTensor`, `Normalize`.

The resize is done by torch on uint8, which on CIFAR-10's images equals PIL to the last bit
(tests/inference/test_preprocess.py compares them) and is ten times as fast.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch.nn import functional

from grader.datasets.dataset import Pixels, Preprocessing


def preprocess(pixels: Pixels, preprocessing: Preprocessing) -> torch.Tensor:
    """Images as the network takes them.

    Takes uint8 of shape (N, channels, height, width), gives float32 of shape (N, channels, side,
    side), contiguous. A few images at a time are quickest: they stay in the processor's cache.
    """
    images = torch.from_numpy(np.ascontiguousarray(pixels))
    images = images.contiguous(memory_format=torch.channels_last)
    size = (preprocessing.side, preprocessing.side)
    enlarged = functional.interpolate(images, size=size, mode="bilinear", antialias=True)
    mean = torch.tensor(preprocessing.mean).view(1, -1, 1, 1)
    deviation = torch.tensor(preprocessing.deviation).view(1, -1, 1, 1)
    # The resize is quickest channels last, the rest a channel at a time. The same three operations
    # in the same order as ToTensor and Normalize: the result is equal in every bit, which a fused
    # multiply-add would not be.
    return enlarged.contiguous().to(torch.float32).div_(255).sub_(mean).div_(deviation)


def batches(pixels: Pixels, size: int) -> Iterator[tuple[int, Pixels]]:
    """Consecutive runs of at most `size` images, each with the number of its first image."""
    for start in range(0, len(pixels), size):
        yield start, pixels[start : start + size]
