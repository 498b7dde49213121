import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.similarity.groups import common, listed, more_than_one_student, pairs_of, split

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


@pytest.mark.parametrize(
    ("students", "expected"),
    [(("A", "B"), False), (("A", "C"), True), (("A", "D"), True), (("D", "E"), True)],
)
def test_hand_ins_are_one_students_only_if_their_person_is_certain(
    students: tuple[str, ...], expected: bool
) -> None:
    """A hand-in without a certain person is never taken for another one's."""
    people = {"A": "canvas:1", "B": "canvas:1", "C": "canvas:2"}
    assert more_than_one_student(students, people) is expected
