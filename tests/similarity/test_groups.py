import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.similarity.groups import common, more_than_one_student, pairs_of, split

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


@pytest.mark.parametrize(
    ("ids", "expected"),
    [(("A", "B"), True), (("A", "A~2"), False), (("A~2", "A~3"), False), (("A~2", "B~2"), True)],
)
def test_hand_ins_of_one_student(ids: tuple[str, ...], expected: bool) -> None:
    """The number after the tilde marks further hand-ins of one student."""
    assert more_than_one_student(ids) is expected
