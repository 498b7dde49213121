"""Programs as ExecuTorch wrote them in early 2024, made from today's."""

import functools
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import executorch

from grader.inference.lean_imports import bare_packages
from grader.inference.quiet import quiet_libraries
from tests.small_networks import small_program

_XNNPACK = "executorch.backends.xnnpack"

with quiet_libraries(), bare_packages("executorch.exir", _XNNPACK, f"{_XNNPACK}.serialization"):
    from executorch.backends.xnnpack.serialization.xnnpack_graph_serialize import XNNHeader
    from executorch.exir._serialize._flatbuffer import _flatc_compile, _flatc_decompile
    from executorch.exir._serialize._flatbuffer_program import _program_to_flatbuffer
    from executorch.exir._serialize._program import PTEFile, deserialize_pte_binary

SCHEMA = str(Path(executorch.__path__[0], "backends/xnnpack/serialization/runtime_schema.fbs"))


@functools.cache
def old_program() -> bytes:
    """`small_program()` as in 2024: everything inline, and XNNPACK's payload is a bare flatbuffer.

    It names no flag for the average's dimensions.
    """
    return as_in_2024(small_program())


def as_in_2024(program: bytes, change: Callable[[Any], None] = lambda _graph: None) -> bytes:
    """A program of today, written by the grader, in the form of 2024.

    `change` may alter XNNPACK's graph, a dict, before it is written.
    """
    file = deserialize_pte_binary(program)
    (inline,) = file.program.backend_delegate_data
    inline.data = _payload(inline.data, file, change)
    return inlined(file.program)


def inlined(program: Any) -> bytes:
    """The bytes of a program of ExecuTorch's schema with everything inline."""
    return bytes(_program_to_flatbuffer(program).data)


def _payload(payload: bytes, file: PTEFile, change: Callable[[Any], None]) -> bytes:
    header = XNNHeader.from_bytes(payload[: XNNHeader.EXPECTED_LENGTH])
    start = header.flatbuffer_offset
    graph = as_json(payload[start : start + header.flatbuffer_size])
    named = file.named_data
    assert named is not None
    constants = [
        named.buffers[named.pte_data[each["named_key"]].buffer_index]
        for each in graph.pop("constant_data")[1:]
    ]
    graph["constant_buffer"] = [{"storage": []}, *({"storage": list(each)} for each in constants)]
    for node in graph["xnodes"]:
        if node["xnode_union_type"] == "XNNGlobalAvgPooling2d":
            del node["xnode_union"]["flags"]
    change(graph)
    return as_flatbuffer(graph)


def as_json(graph: bytes) -> Any:
    """XNNPACK's graph, a flatbuffer, as a dict."""
    with tempfile.TemporaryDirectory() as folder:
        binary = Path(folder, "graph.bin")
        binary.write_bytes(graph[:4] + b"XN00" + graph[8:])
        _flatc_decompile(folder, SCHEMA, str(binary))
        return json.loads(Path(folder, "graph.json").read_text(encoding="utf-8"))


def as_flatbuffer(graph: Any) -> bytes:
    """XNNPACK's graph, a dict, as a flatbuffer."""
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder, "graph.json")
        text.write_text(json.dumps(graph), encoding="utf-8")
        _flatc_compile(folder, SCHEMA, str(text))
        return Path(folder, "graph.bin").read_bytes()
