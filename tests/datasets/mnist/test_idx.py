"""IDX files, also damaged ones."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from grader.datasets.mnist.idx import decode, read_idx
from grader.errors import GraderError
from tests.experiments.tiny import digits, idx


@given(arrays(np.uint8, st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 5))))
def test_an_array_comes_back(values: NDArray[np.uint8]) -> None:
    """Reading a file gives the values that were written."""
    assert np.array_equal(read_idx(idx(values), 3), values)


@given(st.binary(max_size=64), st.integers(1, 3))
def test_any_bytes_are_read_or_refused(content: bytes, dimensions: int) -> None:
    """No content raises anything but the error for the user."""
    with contextlib.suppress(GraderError):
        assert read_idx(content, dimensions).ndim == dimensions


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "head"),
        (idx(np.zeros((2, 3), np.uint8)), "begins"),
        (b"\x00\x00\x0d\x01" + idx(np.zeros(4, np.uint8))[4:], "begins"),
        (idx(np.zeros(4, np.uint8))[:-1], "values"),
        (idx(np.zeros(4, np.uint8)) + b"\x00", "values"),
        (b"\x00\x00\x08\x01\xff\xff\xff\xff", "values"),
    ],
    ids=["empty", "another dimension", "floats", "cut off", "too long", "four billion"],
)
def test_a_damaged_file_is_refused(content: bytes, word: str) -> None:
    """The magic number, the sizes and the length must agree."""
    with pytest.raises(GraderError, match=word):
        read_idx(content, 1)


def test_the_two_files_make_a_split() -> None:
    """Images have a channel, and labels are int64."""
    split = decode(*digits(20, 0))
    assert split.pixels.shape == (20, 1, 28, 28)
    assert split.labels.tolist() == [*range(10), *range(10)]
    assert split.pixels.dtype == np.uint8
    assert split.labels.dtype == np.int64


def test_files_that_do_not_belong_together_are_refused() -> None:
    """Counts, the side of an image and the range of labels are checked."""
    images, labels = digits(20, 0)
    with pytest.raises(GraderError, match="10 labels"):
        decode(images, digits(10, 0)[1])
    with pytest.raises(GraderError, match="27"):
        decode(idx(np.zeros((20, 27, 28), np.uint8)), labels)
    with pytest.raises(GraderError, match="label is 10"):
        decode(images, idx(np.full(20, 10, np.uint8)))
