"""Split similar students into pairs, where few are similar, and groups, where many are."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

COMMON = 0.1  # of the class: similarity with more others than this, and than two, makes a group

Pair = tuple[str, str]  # two students, in the class's order
Students = tuple[str, ...]

_TWIN = re.compile(r"~\d+$")  # the suffix of a further hand-in of the same student


def common(students: int) -> int:
    """Return the largest number of others for which similar students are listed as pairs."""
    return max(2, int(COMMON * students))


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


def pairs_of(matrix: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the row and column of each true pair of a symmetric matrix, each pair once."""
    for first, second in zip(*np.nonzero(np.triu(matrix, k=1)), strict=True):
        yield int(first), int(second)


def more_than_one_student(students: Sequence[str]) -> bool:
    """True if the hand-ins are of more than one student; `A` and `A~2` are of one."""
    return len({_TWIN.sub("", each) for each in students}) > 1
