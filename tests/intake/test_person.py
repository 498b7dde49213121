"""Whose a hand-in is."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.intake.person import certain_person_of, person_of, person_with
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


BOB = Arrival(lms="moodle", lms_id="101", name="Bob")


@pytest.mark.parametrize("id", ["B1", "B1~2", "X"])
def test_the_lmss_number_is_certain_whatever_the_file_is_called(id: str) -> None:
    """Two hand-ins of one number and name are of one student."""
    one, other = (replace(ONE, id=each, handed_in=BOB) for each in ("B1", id))
    assert certain_person_of(one) == certain_person_of(other) is not None


@pytest.mark.parametrize(
    "came",
    [
        replace(BOB, lms_id="102"),
        replace(BOB, lms="canvas"),
        replace(BOB, name="Mallory"),
    ],
)
def test_another_number_lms_or_name_is_another_person(came: Arrival) -> None:
    """A number is of one LMS; a number with two names is of nobody with certainty."""
    one, other = replace(ONE, handed_in=BOB), replace(ONE, handed_in=came)
    assert None not in (people := {certain_person_of(one), certain_person_of(other)})
    assert len(people) == 2


@pytest.mark.parametrize(
    "came",
    [
        None,
        Arrival(),
        Arrival(lms="canvas"),
        Arrival(lms="gradescope", lms_id="991", name="Bob"),
        Arrival(lms="folders", lms_id="Bob", name="Bob"),  # a folder's name, not a number
        replace(BOB, review="whose is it?"),
    ],
)
def test_without_a_certain_number_nobody_is_certain(came: Arrival | None) -> None:
    """No id and no file's name stands for the number, as it does for marks."""
    assert certain_person_of(replace(ONE, handed_in=came)) is None
