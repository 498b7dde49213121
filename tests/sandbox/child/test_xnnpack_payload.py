import json
import re
import subprocess

import numpy as np
import pytest

from grader.inference.lean_imports import bare_packages
from grader.inference.quiet import quiet_libraries
from grader.inference.xnnpack import load, logits
from grader.sandbox.child.xnnpack_payload import converted_payload
from tests.old_programs import as_flatbuffer, as_in_2024, as_json
from tests.small_networks import PREPROCESSING, sample_pixels, small_program

with quiet_libraries(), bare_packages("executorch.exir"):
    from executorch.exir._serialize._program import deserialize_pte_binary, serialize_pte_binary


def payload(program: bytes) -> bytes:
    """The one payload of a program."""
    (inline,) = deserialize_pte_binary(program).program.backend_delegate_data
    data: bytes = inline.data
    return data


def test_an_old_payload_keeps_the_averages_dimensions() -> None:
    """Only the flag of `XNNGlobalAvgPooling2d` changes; a second conversion changes nothing."""
    old = payload(as_in_2024(small_program()))
    assert old[4:8] == b"XN00"
    new = converted_payload(old)
    assert converted_payload(new) == new
    expected = as_json(old)
    for node in expected["xnodes"]:
        if node["xnode_union_type"] == "XNNGlobalAvgPooling2d":
            node["xnode_union"]["flags"] = 64
    assert as_json(new) == expected


def test_todays_payload_is_left_as_it_is() -> None:
    """Every byte."""
    today = payload(small_program())
    assert today[4:8] == b"XH00"
    assert converted_payload(today) == today


def test_a_payload_with_a_header_and_without_the_flag_is_converted() -> None:
    """The form between the two, of later in 2024; the program then runs as today's does."""
    file = deserialize_pte_binary(small_program())
    (inline,) = file.program.backend_delegate_data
    start, size = (int.from_bytes(inline.data[at : at + 4], "little") for at in (10, 14))
    graph = as_json(inline.data[start : start + size])
    for node in graph["xnodes"]:
        if node["xnode_union_type"] == "XNNGlobalAvgPooling2d":
            node["xnode_union"]["flags"] = 0
    bare = as_flatbuffer(graph)
    bare = bare[:4] + b"XN01" + bare[8:]
    inline.data = inline.data[:14] + len(bare).to_bytes(4, "little") + inline.data[18:start] + bare
    assert converted_payload(inline.data) != inline.data
    inline.data = converted_payload(inline.data)
    again = bytes(serialize_pte_binary(file, extract_delegate_segments=True))
    pixels = sample_pixels(4)
    expected = logits(load(small_program()), pixels, PREPROCESSING)
    assert np.array_equal(logits(load(again), pixels, PREPROCESSING), expected)


def test_bounds_that_are_not_finite_survive() -> None:
    """The JSON of flatc has `inf` without quotes, which is no JSON."""

    def unbounded(graph: object) -> None:
        text = json.dumps(graph)
        assert '"output_max": 6.0' in text
        changed = json.loads(re.sub('"output_max": 6.0', '"output_max": "inf"', text))
        assert isinstance(graph, dict)
        graph.update(changed)

    new = converted_payload(payload(as_in_2024(small_program(), unbounded)))
    assert new.count(np.float32(np.inf).tobytes()) > 10


@pytest.mark.parametrize("bad", [b"", b"XN00", b"\x10\0\0\0XN07" + bytes(64)])
def test_bytes_that_are_no_graph_raise(bad: bytes) -> None:
    """The child catches what is raised."""
    with pytest.raises((subprocess.CalledProcessError, ValueError, LookupError, TypeError)):
        converted_payload(bad)
