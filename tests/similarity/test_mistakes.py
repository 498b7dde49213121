from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.evidence import ids
from grader.evidence.accuracy import CheckpointEvidence
from grader.similarity.mistakes import FEWEST, shared_mistakes
from grader.similarity.pairs import similarities
from grader.types import Report
from tests.similarity.networks import writer

CLASSES, IMAGES = 10, 10_000
LABELS = np.arange(IMAGES) % CLASSES


def guesses(seed: int, rate: float = 0.1) -> NDArray[np.int64]:
    """The classes that a network of this error rate gives; each seed errs on its own."""
    random = np.random.default_rng(seed)
    wrong = (LABELS + random.integers(1, CLASSES, IMAGES)) % CLASSES
    return np.where(random.random(IMAGES) < rate, wrong, LABELS)


def measured(student: str, classes: NDArray[np.int64], data: str = "a" * 64) -> Report:
    """The report of a network that gives these classes."""
    base = writer(student)
    confusion = np.zeros((CLASSES, CLASSES), np.int64)
    np.add.at(confusion, (LABELS, classes), 1)
    evidence = CheckpointEvidence(
        correct_9984=None,
        total_9984=None,
        decided_again=0,
        guard=0.01,
        confusion=tuple(tuple(map(int, row)) for row in confusion),
        misclassified=tuple(
            (int(at), int(classes[at])) for at in np.flatnonzero(classes != LABELS)[:12]
        ),
    )
    measurements = [
        replace(each, evidence=evidence.json()) if each.id == ids.ACCURACY else each
        for each in base.measurements
    ]
    provenance = replace(base.provenance, data_sha256=data)
    return replace(base, measurements=tuple(measurements), provenance=provenance)


def class_of(*answers: NDArray[np.int64]) -> Sequence[Report]:
    """The reports of the students A, B and so on."""
    return [measured(chr(65 + number), each) for number, each in enumerate(answers)]


def changed(classes: NDArray[np.int64], images: int) -> NDArray[np.int64]:
    """The same classes, but for this many images."""
    other = classes.copy()
    at = np.random.default_rng(7).choice(IMAGES, images, replace=False)
    other[at] = (other[at] + 1) % CLASSES
    return other


@pytest.mark.parametrize("images", [0, 3, 20])
def test_the_same_function_makes_the_same_mistakes(images: int) -> None:
    """A few images may differ: rounding moves some across the border of two classes."""
    reports = class_of(guesses(1), changed(guesses(1), images), guesses(2))
    (pair,) = similarities([], reports).pairs
    assert pair.students == ("A", "B")
    assert pair.mistakes is not None
    assert pair.mistakes.different <= 2 * images
    assert pair.mistakes.equal >= pair.mistakes.listed - images
    assert pair.tensors is None
    assert pair.kernels is None


def test_independent_networks_differ_as_by_chance() -> None:
    """Ten of one accuracy make no pair."""
    found = shared_mistakes(class_of(*map(guesses, range(10))))
    assert (found.pairs, found.groups) == ({}, {})


def test_networks_that_share_hard_images_make_no_pair() -> None:
    """Half of the mistakes of each are those of the other, as hard images are."""
    hard = guesses(0, rate=0.05)
    two = [np.where(hard != LABELS, hard, guesses(seed, rate=0.05)) for seed in (1, 2)]
    assert shared_mistakes(class_of(*two)).pairs == {}


@pytest.mark.parametrize("images", [0, 2])
def test_a_network_that_gives_one_class_is_nobodys_copy(images: int) -> None:
    """Training that collapsed looks the same for all."""
    constant = np.full(IMAGES, 3)
    assert shared_mistakes(class_of(constant, changed(constant, images))).pairs == {}


def test_few_mistakes_say_nothing() -> None:
    """Two nearly perfect networks are alike by chance."""
    few = guesses(1, rate=0.0005)
    assert 0 < (few != LABELS).sum() < FEWEST
    assert shared_mistakes(class_of(few, few)).pairs == {}


def test_equal_rates_on_other_images_are_no_copy() -> None:
    """The confusion is the same, the first misclassified images are not."""
    one = guesses(1)
    shifted = np.roll(one.reshape(-1, CLASSES), 1, axis=0).ravel()
    assert shared_mistakes(class_of(one, shifted)).pairs == {}


def test_other_images_are_not_compared() -> None:
    """A sample's mistakes are not those of the test set."""
    reports = [measured("A", guesses(1)), measured("B", guesses(1), data="b" * 64)]
    assert shared_mistakes(reports).pairs == {}


def test_what_many_hand_in_is_a_groups() -> None:
    """Six of 20 handed in one published network."""
    reports = class_of(*(guesses(max(seed, 5)) for seed in range(20)))
    found = shared_mistakes(reports)
    assert found.pairs == {}
    assert list(found.groups) == [tuple("ABCDEF")]


def test_a_pair_inside_a_group_is_listed() -> None:
    """Eight trained one network a little further; two of them have every mistake alike."""
    one = guesses(0)
    near = [changed(one, images) for images in range(2, 16, 2)]
    reports = class_of(*near, near[3], *(guesses(seed) for seed in range(1, 18)))
    found = shared_mistakes(reports)
    assert list(found.groups) == [tuple("ABCDEFGH")]
    assert found.pairs.keys() == {("D", "H")}
