"""Copies a tensor out of a checkpoint's storages. Runs inside the sandbox's child."""

from collections.abc import Mapping
from typing import Any

import numpy

from grader.sandbox.child.inert_pickle import RawTensor
from grader.sandbox.child.networks_in import Unreadable


def copied(tensor: RawTensor, storages: Mapping[str, bytes], name: str) -> Any:
    """Return the tensor, contiguous; every index is checked against the storage first.

    `name` is for messages. Raises `Unreadable`.
    """
    if tensor.dtype == "bfloat16":
        raise Unreadable(f"holds bfloat16 in {name}; save it as float32 (model.float())")
    item = numpy.dtype(tensor.dtype)
    storage = storages.get(tensor.storage)
    if storage is None or len(storage) < tensor.elements * item.itemsize:
        raise Unreadable(f"is missing the bytes of {name}")
    elements = len(storage) // item.itemsize
    if len(tensor.shape) > 8 or len(tensor.shape) != len(tensor.stride):
        raise Unreadable(f"gives {name} an invalid shape")
    size = 1
    for length in tensor.shape:
        size *= length
    if size == 0:
        return numpy.zeros(tensor.shape, item)
    last = tensor.offset + sum(
        (length - 1) * step for length, step in zip(tensor.shape, tensor.stride, strict=True)
    )
    # A tensor may not be larger than its storage: a stride of 0 turns 4 bytes into gigabytes.
    if size > elements or last >= elements:
        raise Unreadable(f"reaches beyond the stored bytes of {name}")
    view = numpy.lib.stride_tricks.as_strided(
        numpy.frombuffer(storage, item, count=elements)[tensor.offset :],
        tensor.shape,
        tuple(step * item.itemsize for step in tensor.stride),
        writeable=False,
    )
    return numpy.ascontiguousarray(view).reshape(tensor.shape)
