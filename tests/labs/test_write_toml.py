"""A lab that is written as TOML loads to an equal lab."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.labs.files import lab_names
from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab
from grader.labs.write_toml import as_toml

LAB = network_lab()


def again(lab: NetworkLab) -> NetworkLab:
    """Write the lab and load it again."""
    return NetworkLab.model_validate(tomllib.loads(as_toml(lab)))


@pytest.mark.parametrize("name", lab_names())
def test_each_lab_is_written_whole(name: str) -> None:
    """With dates, patterns and nested tables; both hashes stay."""
    lab = network_lab(name)
    assert again(lab) == lab
    assert (again(lab).sha256, again(lab).measured_sha256) == (lab.sha256, lab.measured_sha256)


@given(title=st.text(), summary=st.text(), cap=st.none() | st.floats(0, 1e300))
def test_whatever_a_lab_says(title: str, summary: str, cap: float | None) -> None:
    """Quotes, control characters, any script and all numbers stay as they are."""
    score = LAB.score.model_copy(update={"cap": cap})
    lab = LAB.model_copy(update={"title": title, "summary": summary, "score": score})
    assert again(lab) == lab
