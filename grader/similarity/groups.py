"""Who is alike, as pairs where few are and as a group where many are: none is left out."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

COMMON = 0.1  # of the class: with more others than this, and than two, it is a group's

Pair = tuple[str, str]  # two students, in the class's order
Students = tuple[str, ...]

_TWIN = re.compile(r"~\d+$")  # what tells several hand-ins of one student apart


def common(students: int) -> int:
    """With how many others something may be shared before it is told of as a group's."""
    return max(2, int(COMMON * students))


def split(alike: NDArray[np.bool_], most: int) -> tuple[NDArray[np.bool_], list[NDArray[np.intp]]]:
    """The symmetric matrix `alike` without what is in groups, and those groups' rows.

    A group is whoever is alike by way of others, where that is more than `most` others.
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
    """The rows and columns of a symmetric matrix where it is true, each pair once."""
    for first, second in zip(*np.nonzero(np.triu(matrix, k=1)), strict=True):
        yield int(first), int(second)


def more_than_one_student(students: Sequence[str]) -> bool:
    """Whether these hand-ins are of more than one student: `A` and `A~2` are one's."""
    return len({_TWIN.sub("", each) for each in students}) > 1
