"""Parent: parses and checks a child's message, a safetensors file."""

import json
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load

from grader.errors import HarnessError

HEADER_AT_MOST = 8 << 20  # bytes; the unpruned network's description needs 0.1 MB

# The exceptions that safetensors, json and torch raise for malformed headers.
_MALFORMED = (SafetensorError, ValueError, KeyError, TypeError, OverflowError, RuntimeError)


def read_message(message: bytes) -> tuple[dict[str, str], dict[str, torch.Tensor]]:
    """Return the metadata and the tensors of `message`; shapes and dtypes are not checked here.

    The format is safetensors: eight bytes with the header's length, a header in JSON, the elements.
    Raises `HarnessError` for a malformed message.
    """
    length = int.from_bytes(message[:8], "little")
    if not 0 < length <= min(len(message), HEADER_AT_MOST):
        raise HarnessError("The sandbox child sent a malformed message.")
    try:
        tensors = load(message)
        header: dict[str, Any] = json.loads(message[8 : 8 + length])
    except _MALFORMED as error:
        raise HarnessError(f"The sandbox child sent a malformed message: {error}") from error
    # safetensors checked the metadata as it parsed it; json parses a repeated key differently.
    metadata = header.get("__metadata__") or {}
    if not isinstance(metadata, dict) or not all(
        isinstance(each, str) for each in metadata.values()
    ):
        raise HarnessError("The sandbox child sent a malformed message: its metadata is not text.")
    return metadata, tensors
