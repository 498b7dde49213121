"""Whose a hand-in is."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.intake.person import person_of, person_with
from grader.types import Arrival, Submission

ONE = Submission(id="B1", source=Path("B1.zip"), sha256="")


def test_the_lmss_number_comes_first() -> None:
    """Not the id, which is a file's name."""
    came = Arrival(lms="canvas", lms_id="2004")
    assert person_of(replace(ONE, handed_in=came)) == "canvas:2004"
    assert person_of(replace(ONE, id="other", handed_in=came)) == "canvas:2004"


@pytest.mark.parametrize(
    "came",
    [
        None,
        Arrival(),
        Arrival(lms="canvas"),
        Arrival(lms="gradescope", lms_id="991"),  # of the hand-in, not of the student
    ],
)
def test_without_a_number_it_is_the_id(came: Arrival | None) -> None:
    """In one form: case and Unicode form do not count."""
    assert person_of(replace(ONE, handed_in=came)) == "id:b1"
    assert person_with("É") == person_with("e\u0301")
