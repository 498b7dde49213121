from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.similarity.groups import (
    common,
    listed,
    more_than_one_student,
    pairs_of,
    person_of,
    split,
)
from grader.types import Arrival, Submission

STUDENTS = 9
PAIRS = st.sets(st.tuples(st.integers(0, STUDENTS - 1), st.integers(0, STUDENTS - 1)))


@given(PAIRS, st.integers(0, STUDENTS))
def test_whoever_is_alike_is_told_of_once(pairs: set[tuple[int, int]], most: int) -> None:
    """Each pair is either listed or in one group."""
    matrix = np.eye(STUDENTS, dtype=np.bool_)
    for first, second in pairs:
        matrix[first, second] = matrix[second, first] = True
    rare, groups = split(matrix, most)
    for first, second in pairs_of(matrix):
        within = sum(first in group and second in group for group in groups)
        assert rare[first, second] + within == 1
    assert all(len(group) > most + 1 for group in groups)


def test_a_chain_is_a_group() -> None:
    """A chain of similar students is one group."""
    matrix = np.eye(5, dtype=np.bool_) | np.eye(5, k=1, dtype=np.bool_)
    rare, groups = split(matrix | matrix.T, 2)
    assert [group.tolist() for group in groups] == [[0, 1, 2, 3, 4]]
    assert not rare.any()


def test_nobody_is_no_group() -> None:
    """An empty class has neither."""
    rare, groups = split(np.zeros((0, 0), np.bool_), 2)
    assert (rare.size, groups) == (0, [])


@pytest.mark.parametrize(("students", "most"), [(1, 2), (29, 2), (30, 3), (300, 30)])
def test_a_tenth_of_the_class_is_many(students: int, most: int) -> None:
    """Three are pairs in the smallest class."""
    assert common(students) == most


def test_a_pair_inside_a_group_is_listed() -> None:
    """All ten are alike, and two of them are equal."""
    alike = np.ones((10, 10), np.bool_)
    equal = np.eye(10, dtype=np.bool_)
    equal[2, 5] = equal[5, 2] = True
    rare, groups = listed(alike, equal, 2)
    assert list(pairs_of(rare)) == [(2, 5)]
    assert [len(each) for each in groups] == [10]


def handed_in(id: str, **who: str) -> Submission:
    """A hand-in that came by an LMS if `who` has anything."""
    arrival = Arrival(**who) if who else None  # type: ignore[arg-type]  # texts only
    return Submission(id=id, source=Path(f"{id}.zip"), sha256="0" * 64, handed_in=arrival)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (handed_in("B1"), handed_in("B1~2"), True),
        (handed_in("B1"), handed_in("b1"), True),
        (handed_in("B1", lms="moodle", lms_id="101"), handed_in("B1~2"), True),
        (
            handed_in("B1", lms="moodle", lms_id="101", name="Bob"),
            handed_in("B1~2", lms="moodle", lms_id="102", name="Mallory"),
            True,
        ),
        (
            handed_in("B1", lms="moodle", lms_id="101", name="Bob"),
            handed_in("X", lms="moodle", lms_id="101", name="Bob"),
            False,
        ),
        (
            handed_in("B1", lms="moodle", lms_id="101"),
            handed_in("B1~2", lms="canvas", lms_id="101"),
            True,
        ),
        (
            handed_in("B1", lms="canvas", lms_id="101"),
            handed_in("B2", lms="canvas", lms_id="101", review="whose is it?"),
            True,
        ),
    ],
)
def test_only_the_lms_says_that_two_hand_ins_are_one_students(
    one: Submission, other: Submission, expected: bool
) -> None:
    """The number of the LMS does, where it is certain; no id or file name does."""
    persons = {each.id: who for each in (one, other) if (who := person_of(each))}
    assert more_than_one_student((one.id, other.id), persons) is expected
