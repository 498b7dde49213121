"""Converts the payload that a program hands to XNNPACK from the form of 2024 to today's.

A payload is a flatbuffer (`XN00`), or a header (`XH00`), a flatbuffer (`XN01`) and constants. In
2024 `XNNGlobalAvgPooling2d` always kept its dimensions; today's XNNPACK drops them unless a flag
says otherwise. flatc of ExecuTorch's wheel turns the flatbuffer into JSON and back.
"""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import executorch

from grader.inference.lean_imports import bare_packages
from grader.inference.quiet import quiet_libraries

_XNNPACK = "executorch.backends.xnnpack"

with quiet_libraries(), bare_packages("executorch.exir", _XNNPACK, f"{_XNNPACK}.serialization"):
    from executorch.backends.xnnpack.serialization.xnnpack_graph_serialize import (
        CONSTANT_TENSOR_ALIGNMENT,
        XNNHeader,
    )
    from executorch.exir._serialize._flatbuffer import _flatc_compile, _flatc_decompile

_SCHEMA = Path(executorch.__path__[0], "backends/xnnpack/serialization/runtime_schema.fbs")
_MARK = slice(4, 8)  # where a flatbuffer has its identifier
_INLINE = b"XN00"  # the schema's, which has all that `XN01` has
_MARKS = (_INLINE, b"XN01")
_POOLING = "XNNGlobalAvgPooling2d"
_KEEP_DIMS = 64  # XNN_FLAG_KEEP_DIMS
# flatc writes a float that is not finite without quotes, which is no JSON; it reads it as a string.
_NOT_FINITE = re.compile(r'^(\s*(?:"\w+": )?)(-?(?:inf|nan))(,?)$', re.MULTILINE)


def converted_payload(payload: bytes) -> bytes:
    """Return the payload in today's form; the same bytes if it has that form already.

    Raises `CalledProcessError` if flatc fails, and `ValueError`, `LookupError`, `TypeError` or
    `AttributeError` for a payload that has another structure.
    """
    if payload[XNNHeader.MAGIC_OFFSET] != XNNHeader.EXPECTED_MAGIC:
        return _converted_graph(payload)
    header = XNNHeader.from_bytes(payload[: XNNHeader.EXPECTED_LENGTH])
    start, constants = header.flatbuffer_offset, header.constant_data_offset
    graph = payload[start : start + header.flatbuffer_size]
    converted = _converted_graph(graph)
    if converted == graph:
        return payload
    return _with_header(converted, payload[constants : constants + header.constant_data_size])


def _converted_graph(graph: bytes) -> bytes:
    """Return the flatbuffer with the flag at every average; the same bytes if all have it."""
    mark = graph[_MARK]
    if mark not in _MARKS:
        raise ValueError("its XNNPACK payload has no known mark")
    with tempfile.TemporaryDirectory() as folder:
        binary, text = Path(folder, "graph.bin"), Path(folder, "graph.json")
        binary.write_bytes(_marked(graph, _INLINE))
        _flatc_decompile(folder, str(_SCHEMA), str(binary))
        whole = json.loads(_NOT_FINITE.sub(r'\1"\2"\3', text.read_text(encoding="utf-8")))
        poolings = [
            each["xnode_union"]
            for each in whole["xnodes"]
            if each.get("xnode_union_type") == _POOLING
        ]
        if not _keep_dimensions(poolings):
            return graph
        text.write_text(json.dumps(whole), encoding="utf-8")
        _flatc_compile(folder, str(_SCHEMA), str(text))
        return _marked(binary.read_bytes(), mark)


def _marked(graph: bytes, mark: bytes) -> bytes:
    return graph[: _MARK.start] + mark + graph[_MARK.stop :]


def _keep_dimensions(poolings: list[dict[str, Any]]) -> bool:
    """Set the flag where it is missing; return True if it was missing anywhere."""
    without = [each for each in poolings if not each["flags"] & _KEEP_DIMS]
    for each in without:
        each["flags"] |= _KEEP_DIMS
    return bool(without)


def _with_header(graph: bytes, constants: bytes) -> bytes:
    start = _aligned(XNNHeader.EXPECTED_LENGTH)
    end = start + _aligned(len(graph))
    header: bytes = XNNHeader(
        flatbuffer_offset=start,
        flatbuffer_size=len(graph),
        constant_data_offset=end,
        constant_data_size=len(constants),
    ).to_bytes()
    return (header.ljust(start, b"\0") + graph).ljust(end, b"\0") + constants


def _aligned(size: int) -> int:
    alignment: int = CONSTANT_TENSOR_ALIGNMENT
    return -(-size // alignment) * alignment
