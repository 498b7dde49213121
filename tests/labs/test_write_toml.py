"""A lab that is written as TOML loads to an equal lab."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.labs import LAB_FOLDER
from grader.labs.files import lab_names
from grader.labs.kinds import load_lab, network_lab
from grader.labs.spec import LabSpec
from grader.labs.write_toml import as_toml

LAB = network_lab()


def again(lab: LabSpec) -> LabSpec:
    """Write the lab and load it again."""
    return type(lab).model_validate(tomllib.loads(as_toml(lab)), context=(LAB_FOLDER,))


@pytest.mark.parametrize("name", lab_names())
def test_each_lab_is_written_whole(name: str) -> None:
    """With dates, patterns and nested tables; both hashes stay."""
    lab = load_lab(name)
    assert again(lab) == lab
    assert (again(lab).sha256, again(lab).measured_sha256) == (lab.sha256, lab.measured_sha256)


@given(title=st.text(), summary=st.text(), cap=st.none() | st.floats(0, 1e300))
def test_whatever_a_lab_says(title: str, summary: str, cap: float | None) -> None:
    """Quotes, control characters, any script and all numbers stay as they are."""
    score = LAB.score.model_copy(update={"cap": cap})
    lab = LAB.model_copy(update={"title": title, "summary": summary, "score": score})
    assert again(lab) == lab
