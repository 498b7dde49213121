import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.devices.times import read_times
from grader.errors import HarnessError

milliseconds = st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=20)


def said(**changes: object) -> bytes:
    """What a device prints, with `changes`."""
    line = {"runtime": "executorch", "threads": 1, "warm_up": 10, "program": [2.0], "beside": [8.0]}
    return f"Latency: p50 2.00 ms\n{json.dumps(line | changes)}\n".encode()


@given(times=milliseconds)
def test_times_are_read_as_they_were_measured(times: list[float]) -> None:
    """Every one, of both programs, to the last bit."""
    found = read_times(said(program=times, beside=times[::-1]), "runner", "pi4")
    assert (found.by, found.threads, found.warm_up) == ("runner", 1, 10)
    assert found.program == tuple(times)
    assert found.unpruned == tuple(times[::-1])


@pytest.mark.parametrize(
    ("output", "says"),
    [
        (b"Latency: p50 2 ms\n", "runner on pi4 .*JSON"),
        (b"\xff\xfe", "pi4 .*JSON"),
        (b"{not json}\n", "pi4 .*JSON"),
        (said(program=[]), "pi4 .*program: "),
        (said(program=[1.0, -1.0]), r"pi4 .*program\.1: "),
        (said(program=[float("inf")]), "pi4 "),
        (said(beside=None), "pi4 .*beside: "),
        (said(threads="all"), "pi4 .*threads: "),
        (said(program=[1.0, 2.0]), "pi4 .*program"),
    ],
)
def test_invalid_times_are_an_error(output: bytes, says: str) -> None:
    """The message names the device and what is wrong with what it said."""
    with pytest.raises(HarnessError, match=says):
        read_times(output, "runner", "pi4")
