"""Split similar students into pairs, where few are similar, and groups, where many are."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

WHOLE = 0.9  # of the class: what so many share is one line for the class
COMMON = 0.1  # of the class: similarity with more others than this, and than two, makes a group

Pair = tuple[str, str]  # two students, in the class's order
Students = tuple[str, ...]


def common(students: int) -> int:
    """Return the largest number of others for which similar students are listed as pairs."""
    return max(2, int(COMMON * students))


def is_whole_class(students: Students, compared: int) -> bool:
    """Return True if the group is the class, but for a tenth of it at most."""
    return len(students) >= WHOLE * compared


def split(alike: NDArray[np.bool_], most: int) -> tuple[NDArray[np.bool_], list[NDArray[np.intp]]]:
    """Return the symmetric matrix `alike`, bool (n, n), without groups, and the groups' rows.

    A group is a connected component of `alike` with more than `most` others.
    """
    labels = np.arange(len(alike))
    while True:
        lowest = np.where(alike, labels, len(alike)).min(axis=1, initial=len(alike))
        lower = np.minimum(labels, lowest)
        if (lower == labels).all():
            break
        labels = lower
    many = np.bincount(labels, minlength=len(alike))
    groups = [np.flatnonzero(labels == label) for label in np.flatnonzero(many > most + 1)]
    rare = many[labels] <= most + 1
    return alike & rare[:, None] & rare[None], groups


def listed(
    alike: NDArray[np.bool_], equal: NDArray[np.bool_], most: int
) -> tuple[NDArray[np.bool_], list[NDArray[np.intp]]]:
    """Return as `split` does, with the pairs of `equal` that are few inside a group of `alike`.

    So what a whole class shares does not hide two students who share more.
    """
    rare, groups = split(alike, most)
    rarely_equal, _ = split(equal & alike, most)
    return rare | rarely_equal, groups


def pairs_of(matrix: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the row and column of each true pair of a symmetric matrix, each pair once."""
    for first, second in zip(*np.nonzero(np.triu(matrix, k=1)), strict=True):
        yield int(first), int(second)


def more_than_one_student(students: Sequence[str], by_lms: Mapping[str, str]) -> bool:
    """True unless the LMS says that all of these hand-ins are of one student.

    `by_lms` has the `certain_person_of` a hand-in by its id, for those that have one.
    """
    people = {by_lms.get(each) for each in students}
    return len(people) > 1 or people <= {None}
