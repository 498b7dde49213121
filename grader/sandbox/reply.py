"""Parent: a child's message, a safetensors file, taken apart before anything believes it."""

import json
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load

from grader.errors import HarnessError

HEADER_AT_MOST = 8 << 20  # bytes; the unpruned network's description needs 0.1 MB

# What safetensors, json and torch raise for headers that are not what they should be.
_MALFORMED = (SafetensorError, ValueError, KeyError, TypeError, OverflowError, RuntimeError)


def read_message(message: bytes) -> tuple[dict[str, str], dict[str, torch.Tensor]]:
    """The metadata and the tensors of `message`: of any shape, and any dtype that torch has.

    The form is safetensors': eight bytes with the header's length, a header in JSON, the elements.
    Raises `HarnessError` for anything else.
    """
    length = int.from_bytes(message[:8], "little")
    if not 0 < length <= min(len(message), HEADER_AT_MOST):
        raise HarnessError("A child of the sandbox answered in no known form.")
    try:
        tensors = load(message)
        header: dict[str, Any] = json.loads(message[8 : 8 + length])
    except _MALFORMED as error:
        raise HarnessError(f"A child of the sandbox answered in no known form: {error}") from error
    # safetensors has checked its own reading of these, which for a key given twice is not json's.
    metadata = header.get("__metadata__") or {}
    if not isinstance(metadata, dict) or not all(
        isinstance(each, str) for each in metadata.values()
    ):
        raise HarnessError("A child of the sandbox answered in no known form: its metadata.")
    return metadata, tensors
