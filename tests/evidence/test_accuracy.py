import pytest

from grader.evidence.accuracy import CheckpointEvidence, Rate
from grader.types import Json, Measurement, Status
from tests.report.measured import accuracy


def with_evidence(evidence: dict[str, Json]) -> Measurement:
    """An accuracy of 0.9 with this evidence."""
    return Measurement(id="accuracy.pytorch", status=Status.PASSED, value=0.9, evidence=evidence)


def test_a_rate_carries_its_interval() -> None:
    """An accuracy comes with its counts, whether it is a sample, and the interval around it."""
    found = Rate.read(accuracy("accuracy.pytorch", 928, 1_000))
    assert found is not None
    assert (found.value, found.correct, found.total, found.sample) == (0.928, 928, 1_000, True)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high


def test_a_check_without_a_value_has_no_rate() -> None:
    """A missing measurement, or one without a value, gives None and raises nothing."""
    assert Rate.read(None) is None
    skipped = Measurement(id="accuracy.pytorch", status=Status.SKIPPED, reason="no")
    assert Rate.read(skipped) is None


def test_a_truth_value_is_no_number() -> None:
    """`true` is not read as the number 1."""
    found = Rate.read(with_evidence({"correct": True}))
    assert found is not None
    assert found.correct is None


@pytest.mark.parametrize("odd", [None, 3, [], [[1, 2]], [[1], [2]], [[1, "a"], [2, 3]]])
def test_a_confusion_matrix_that_is_not_square_is_empty(odd: Json) -> None:
    """A matrix is shown completely or not at all."""
    assert CheckpointEvidence.read(with_evidence({"confusion": odd})).matrix == ()


def test_a_misclassified_image_is_a_pair_of_whole_numbers() -> None:
    """An entry of another form is left out; the others stay."""
    odd: Json = [[1, 2], [3], [4, "a"], [5, True], "b", [6, 7, 8], [9, 0]]
    found = CheckpointEvidence.read(with_evidence({"misclassified": odd}))
    assert found.misclassified == ((1, 2), (9, 0))
