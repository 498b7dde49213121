"""Tensors copied out of storages; tests/hostile has tensors that reach beyond theirs."""

from dataclasses import replace

import numpy as np
import pytest

from grader.sandbox.child.inert_pickle import RawTensor
from grader.sandbox.child.networks_in import Unreadable
from grader.sandbox.child.tensor_bytes import copied

STORAGES = {"0": np.arange(6, dtype=np.float32).tobytes()}
MATRIX = RawTensor(storage="0", dtype="float32", elements=6, offset=0, shape=(2, 3), stride=(3, 1))


def test_strides_and_offsets_are_followed() -> None:
    """A transposed view and a part of a storage become contiguous arrays."""
    assert copied(MATRIX, STORAGES, "x").tolist() == [[0, 1, 2], [3, 4, 5]]
    turned = replace(MATRIX, shape=(3, 2), stride=(1, 3))
    assert copied(turned, STORAGES, "x").tolist() == [[0, 3], [1, 4], [2, 5]]
    assert copied(replace(MATRIX, offset=4, shape=(2,), stride=(1,)), STORAGES, "x").tolist() == [
        4,
        5,
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"storage": "1"},
        {"elements": 7},
        {"offset": 1},
        {"stride": (4, 1)},
        {"shape": (1,) * 9, "stride": (1,) * 9},
        {"dtype": "bfloat16"},
    ],
)
def test_what_the_storage_does_not_hold_is_unreadable(change: dict[str, object]) -> None:
    """The name of the tensor is in the reason."""
    with pytest.raises(Unreadable, match=r"classifier\.1\.bias"):
        copied(replace(MATRIX, **change), STORAGES, "classifier.1.bias")  # type: ignore[arg-type]  # by name
