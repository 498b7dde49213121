"""Find networks that answer alike: the same images misclassified, as the same wrong classes.

Two networks with one function have equal mistakes, whatever was done to their weights. The evidence
of the accuracy has the confusion matrix and the first misclassified images. Networks with the same
rates of each confusion that err independently differ in each cell by chance: the difference of a
pair is compared with that. Independent training leaves less than chance, since some images are hard
for all.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.evidence import ids
from grader.evidence.accuracy import CheckpointEvidence
from grader.similarity.groups import Pair, Students, common, listed, pairs_of
from grader.types import Report

SAME = 0.25  # of the difference by chance
FEWEST = 20  # mistakes by which two networks differ by chance: fewer say nothing
LISTED_ALIKE = 0.75  # of the first misclassified images

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedMistakes:
    """The mistakes of two networks, in images.

    `made` is the smaller number of mistakes, `different` the sum of the differences of all cells of
    the confusion matrices, `expected` that sum for independent networks. Of the `listed` first
    misclassified images, `equal` have the same wrong class in both.
    """

    made: int
    different: int
    expected: float
    listed: int
    equal: int

    @property
    def all_equal(self) -> bool:
        """True if no mistake differs."""
        return self.different == 0 and self.equal == self.listed


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassMistakes:
    """The shared mistakes of each pair, and the mistakes of the groups that share them."""

    pairs: Mapping[Pair, SharedMistakes]
    groups: Mapping[Students, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """One network: `confusion`, float64 (classes, classes), with zeros on the diagonal.

    `rows` are the images of each class, `first` the wrong class of the first misclassified images.
    """

    student: str
    confusion: Matrix
    rows: Matrix
    first: Mapping[int, int]


def shared_mistakes(reports: Sequence[Report]) -> ClassMistakes:
    """Compare the mistakes of all networks that were measured on the same images."""
    pairs: dict[Pair, SharedMistakes] = {}
    groups: dict[Students, int] = {}
    for answers in _by_images(reports):
        students = [each.student for each in answers]
        found = {
            (row, column): shared
            for row in range(len(answers))
            for column, shared in _like(answers, row)
        }
        alike, equal = np.eye(len(answers), dtype=np.bool_), np.eye(len(answers), dtype=np.bool_)
        for (row, column), shared in found.items():
            alike[row, column] = alike[column, row] = True
            equal[row, column] = equal[column, row] = shared.all_equal
        rare, crowds = listed(alike, equal, common(len(reports)))
        pairs |= {
            (students[row], students[column]): found[row, column] for row, column in pairs_of(rare)
        }
        for crowd in crowds:
            made = min(int(answers[each].confusion.sum()) for each in crowd)
            groups[tuple(students[each] for each in crowd)] = made
    return ClassMistakes(pairs=pairs, groups=groups)


def _by_images(reports: Sequence[Report]) -> Iterator[list[_Answers]]:
    """Yield the networks that were measured on the same images, if there are two."""
    found: defaultdict[tuple[object, ...], list[_Answers]] = defaultdict(list)
    for report in reports:
        measured = report.measurement(ids.ACCURACY)
        seen = CheckpointEvidence.read(measured)
        if measured is None or not seen.matrix:
            continue
        whole = np.asarray(seen.matrix, np.float64)
        about = report.provenance
        images = about.data_sha256, about.data_images, *whole.sum(axis=1)
        found[images].append(
            _Answers(
                student=report.submission.id,
                confusion=whole * (1 - np.eye(len(whole))),
                rows=whole.sum(axis=1, keepdims=True),
                first=dict(seen.misclassified),
            )
        )
    yield from (each for each in found.values() if len(each) > 1)


def _like(answers: Sequence[_Answers], row: int) -> Iterator[tuple[int, SharedMistakes]]:
    """Yield the later networks with the same mistakes as that in `row`."""
    one, later = answers[row], answers[row + 1 :]
    if not later:
        return
    others = np.stack([each.confusion for each in later])
    different = np.abs(others - one.confusion).sum(axis=(1, 2))
    rates = (others + one.confusion) / np.maximum(2 * one.rows, 1)
    # The mean size of a normal variable is its deviation times the root of 2/pi; the variance of
    # the difference of two binomial counts is twice that of one.
    deviations = np.sqrt(2 * one.rows * rates * (1 - rates))
    expected = math.sqrt(2 / math.pi) * deviations.sum(axis=(1, 2))
    for at in map(int, np.flatnonzero((expected >= FEWEST) & (different <= SAME * expected))):
        listed, equal = _first_of_both(one.first, later[at].first)
        if equal >= LISTED_ALIKE * listed:
            made = min(one.confusion.sum(), others[at].sum())
            yield (
                row + 1 + at,
                SharedMistakes(
                    made=int(made),
                    different=int(different[at]),
                    expected=float(expected[at]),
                    listed=listed,
                    equal=equal,
                ),
            )


def _first_of_both(one: Mapping[int, int], other: Mapping[int, int]) -> tuple[int, int]:
    """Return the number of images that either list has, as far as both go, and of equal ones."""
    if not one or not other:
        return 0, 0
    last = min(max(one), max(other))
    listed = {image for image in (*one, *other) if image <= last}
    return len(listed), sum(one.get(each) == other.get(each) for each in listed)
