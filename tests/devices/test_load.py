"""When the load of a machine disturbs timings."""

import pytest

from grader.devices.load import HIGH_LOAD, load_advice


@pytest.mark.parametrize(("load", "sentences"), [(0.0, 0), (HIGH_LOAD, 0), (1.01, 1), (7.5, 1)])
def test_only_a_high_load_is_said(load: float, sentences: int) -> None:
    """With its number."""
    advice = tuple(load_advice(load))
    assert len(advice) == sentences
    assert all(f"{load:.2f}" in each for each in advice)
