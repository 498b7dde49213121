"""The lab's preprocessing: PIL's bilinear `Resize((224, 224))`, `ToTensor`, ImageNet's `Normalize`.

The resize is done by torch on uint8, which on CIFAR-10's images equals PIL to the last bit
(tests/inference/test_images.py compares them) and is ten times as fast.
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)

Pixels = NDArray[np.uint8]


def preprocess(pixels: Pixels, size: int = 224) -> torch.Tensor:
    """CIFAR-10 images as the network takes them.

    Takes uint8 of shape (N, 3, 32, 32), gives float32 of shape (N, 3, size, size), contiguous. A
    few images at a time are quickest: they stay in the processor's cache.
    """
    images = torch.from_numpy(np.ascontiguousarray(pixels))
    images = images.contiguous(memory_format=torch.channels_last)
    enlarged = functional.interpolate(images, size=(size, size), mode="bilinear", antialias=True)
    mean = torch.tensor(MEAN).view(1, 3, 1, 1)
    deviation = torch.tensor(DEVIATION).view(1, 3, 1, 1)
    # The resize is quickest channels last, the rest a channel at a time. The same three operations
    # in the same order as ToTensor and Normalize: the result is equal in every bit, which a fused
    # multiply-add would not be.
    return enlarged.contiguous().to(torch.float32).div_(255).sub_(mean).div_(deviation)


def batches(pixels: Pixels, size: int) -> Iterator[tuple[int, Pixels]]:
    """Consecutive runs of at most `size` images, each with the number of its first image."""
    for start in range(0, len(pixels), size):
        yield start, pixels[start : start + size]
