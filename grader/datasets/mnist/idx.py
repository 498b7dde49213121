"""Reads IDX files: a magic number, the sizes, then one byte for each value."""

import math
import struct

import numpy as np
from numpy.typing import NDArray

from grader.datasets.training import Split
from grader.errors import GraderError

SIDE = 28
CLASSES = 10
_BYTES = 0x08  # the type code of unsigned bytes


def read_idx(content: bytes, dimensions: int) -> NDArray[np.uint8]:
    """The array of an IDX file of unsigned bytes, uint8 with so many `dimensions`.

    Raises `GraderError` if the magic number is another, or the length is not that of the sizes.
    """
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise GraderError(f"An IDX file has {len(content)} bytes, which is less than its head.")
    magic = struct.unpack(">BBBB", content[:4])
    if magic != (0, 0, _BYTES, dimensions):
        raise GraderError(
            f"An IDX file begins with {magic} instead of {(0, 0, _BYTES, dimensions)}."
        )
    sizes = struct.unpack(f">{dimensions}I", content[4:start])
    if len(content) - start != math.prod(sizes):
        raise GraderError(
            f"An IDX file has {len(content) - start:,} values; its sizes are {sizes}."
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(sizes)


def decode(images: bytes, labels: bytes) -> Split:
    """The split of the two files of MNIST: uint8 (N, 1, 28, 28) and int64 (N,), both copies.

    Raises `GraderError` if a file is damaged, the counts differ, or a label is not a digit.
    """
    pixels, numbers = read_idx(images, 3), read_idx(labels, 1)
    if pixels.shape != (len(numbers), SIDE, SIDE):
        raise GraderError(f"The images are {pixels.shape} for {len(numbers):,} labels.")
    if (numbers >= CLASSES).any():
        raise GraderError(f"A label is {numbers.max()}; labels are 0 to {CLASSES - 1}.")
    return Split(pixels=pixels[:, np.newaxis].copy(), labels=numbers.astype(np.int64))
