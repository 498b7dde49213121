import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.devices.times import read_times
from grader.errors import HarnessError

milliseconds = st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=20)


def said(**changes: object) -> bytes:
    """What a board prints, with `changes`."""
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
        (b"Latency: p50 2 ms\n", "runner on pi4 printed no line of JSON"),
        (b"\xff\xfe", "printed no line of JSON"),
        (b"{not json}\n", "printed other times"),
        (said(program=[]), "printed other times: program"),
        (said(program=[1.0, -1.0]), "printed other times: program.1"),
        (said(program=[float("inf")]), "printed other times"),
        (said(beside=None), "printed other times: beside"),
        (said(threads="all"), "printed other times: threads"),
        (said(program=[1.0, 2.0]), "one program more often than the other"),
    ],
)
def test_what_is_no_times_is_our_trouble(output: bytes, says: str) -> None:
    """The message names the board and what is wrong with what it said."""
    with pytest.raises(HarnessError, match=says):
        read_times(output, "runner", "pi4")
