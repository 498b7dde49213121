import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.evaluators.accuracy import measure_accuracy, tally, wilson
from grader.evaluators.registry import Images, RebuiltSubmission
from grader.evidence.accuracy import TallyEvidence
from grader.inference.exact import Decided
from tests.small_networks import logits_of_the_lab, small, small_program, subject

LABELS = np.arange(10_000) % 10


def answered(
    work: Path, classes: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> RebuiltSubmission:
    """A subject whose network has given `classes` for images labelled 0 to 9 in turn."""
    count = len(classes)
    pixels = np.zeros((count, 3, 32, 32), np.uint8)
    images = Images(pixels=pixels, labels=LABELS[:count], is_sample=count < len(LABELS))
    asked = dataclasses.replace(subject(small(), work), images=images)
    vars(asked)["decided"] = Decided(
        classes=classes, guard=0.01, largest_error=1e-5, decided_again=7
    )
    return asked


def test_all_images_and_the_notebooks_are_both_reported(tmp_path: Path) -> None:
    """Wrong on the last ten of 10,000 is 9,990 right, and 9,984 of the notebook's 9,984."""
    classes = LABELS.copy()
    classes[-10:] = (classes[-10:] + 1) % 10
    found = measure_accuracy(answered(tmp_path, classes))
    assert found.value == 0.999
    expected = {"correct": 9_990, "total": 10_000, "correct_9984": 9_984, "total_9984": 9_984}
    assert expected.items() <= found.evidence.items()
    assert (found.evidence["sample"], found.evidence["guard"]) == (False, 0.01)
    assert found.evidence["decided_again"] == 7


def test_a_sample_has_no_notebooks_accuracy(tmp_path: Path) -> None:
    """The notebook's 9,984 are not there: None rather than a number of something else."""
    found = measure_accuracy(answered(tmp_path, LABELS[:1_000]))
    assert (found.value, found.evidence["sample"]) == (1, True)
    assert found.evidence["correct_9984"] is found.evidence["total_9984"] is None


def test_the_confusion_has_true_classes_in_rows(tmp_path: Path) -> None:
    """Rows add up to their class's images; a 3 classified as 5 counts in row 3, column 5."""
    classes = np.where(LABELS == 3, 5, LABELS)
    found = measure_accuracy(answered(tmp_path, classes))
    confusion = np.array(found.evidence["confusion"])
    assert confusion.sum(axis=1).tolist() == [1_000] * 10
    assert confusion[3].tolist() == [0, 0, 0, 0, 0, 1_000, 0, 0, 0, 0]
    assert confusion.trace() == found.evidence["correct"] == 9_000


def test_the_first_misclassified_images_are_named(tmp_path: Path) -> None:
    """Each with its number in the file and the class answered, twelve at most."""
    classes = np.where((LABELS == 3) & (np.arange(10_000) > 100), 5, LABELS)
    found = measure_accuracy(answered(tmp_path, classes))
    assert found.evidence["misclassified"] == [[103 + 10 * n, 5] for n in range(12)]
    assert measure_accuracy(answered(tmp_path, LABELS)).evidence["misclassified"] == []


def test_the_accuracy_is_that_of_the_labs_loop(tmp_path: Path) -> None:
    """On real images through the real program, the correct answers are the lab's own."""
    asked = subject(small(), tmp_path)
    vars(asked)["program"] = small_program()
    pixels, labels = asked.images.pixels, asked.images.labels
    correct = int((logits_of_the_lab(small(), pixels).argmax(axis=1) == labels).sum())
    found = measure_accuracy(asked)
    assert (found.evidence["correct"], found.evidence["total"]) == (correct, 64)
    assert found.value == correct / 64


def test_a_guard_without_bound_is_written_as_none(tmp_path: Path) -> None:
    """JSON has no infinity: where every image was decided by eager, the guard is None."""
    asked = answered(tmp_path, LABELS)
    decided = dataclasses.replace(asked.decided, guard=float("inf"))
    vars(asked)["decided"] = decided
    assert measure_accuracy(asked).evidence["guard"] is None


def test_a_tally_counts_what_equals_the_labels() -> None:
    """Three of four right, with the interval around 3/4."""
    images = Images(pixels=np.zeros((4, 3, 32, 32), np.uint8), labels=np.arange(4), is_sample=True)
    low, high = wilson(3, 4)
    assert tally(np.array([0, 1, 2, 9]), images) == TallyEvidence(
        correct=3, total=4, sample=True, low=low, high=high
    )


@pytest.mark.parametrize(
    ("correct", "total", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_textbooks(correct: int, total: int, low: float, high: float) -> None:
    """The four examples of Newcombe (1998), table I, method 3."""
    assert wilson(correct, total) == pytest.approx((low, high), abs=5e-5)


@given(data=st.data(), total=st.integers(1, 10_000))
def test_the_interval_holds_the_share_and_narrows(data: st.DataObject, total: int) -> None:
    """It lies within 0 to 1, around the share, mirrors its complement, and shrinks with more."""
    correct = data.draw(st.integers(0, total))
    low, high = wilson(correct, total)
    assert 0 <= low <= correct / total <= high <= 1
    assert low < high
    assert wilson(total - correct, total) == pytest.approx((1 - high, 1 - low), abs=1e-12)
    finer_low, finer_high = wilson(10 * correct, 10 * total)
    assert finer_high - finer_low < high - low
