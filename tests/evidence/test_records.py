from dataclasses import replace

import pytest

from grader.evidence.accuracy import CheckpointEvidence, Rate
from grader.evidence.latency import LatencyEvidence, Timing
from grader.evidence.lineage import BlockWidths, LineageEvidence, Width
from grader.report.row import value
from grader.types import Json, Measurement, Status
from tests.report.measured import NOT_MOBILENET, accuracy, latency, lineage, operations


def blocks(measurement: Measurement | None) -> tuple[BlockWidths, ...]:
    """What a lineage found, block by block."""
    return LineageEvidence.read(measurement).blocks


def timings(measurement: Measurement | None) -> tuple[Timing, ...]:
    """What a latency found, fewest threads first."""
    return LatencyEvidence.read(measurement).timings


def test_only_what_passed_has_a_value() -> None:
    """The value of a check that failed, or was not attempted, is not taken for measured."""
    passed = operations(44.0)
    assert value(passed) == 44.0
    assert value(replace(passed, status=Status.FAILED, reason="no")) is None
    assert value(None) is None


def test_a_rate_carries_its_interval() -> None:
    """An accuracy comes with its counts, whether it is a sample, and the interval around it."""
    found = Rate.read(accuracy("accuracy.pytorch", 928, 1_000))
    assert found is not None
    assert (found.value, found.correct, found.total, found.sample) == (0.928, 928, 1_000, True)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high


def test_timings_are_in_order_of_threads() -> None:
    """Rows of fewer threads come first, and the single thread's median is the value."""
    measured = latency(3.6, 5.0)
    rows = measured.evidence["threads"]
    assert isinstance(rows, list)
    turned = replace(measured, evidence={"threads": rows[::-1]})
    assert [each.threads for each in timings(turned)] == [1, 2]
    assert timings(turned)[0].p50 == measured.value


def test_widths_are_put_together_by_block() -> None:
    """A block has its hidden width and its output; the stem, the first and the last only one."""
    found = blocks(lineage(0.5))
    assert [block.name for block in found] == [f"features.{n}" for n in range(19)]
    assert [block.name for block in found if block.hidden is None] == [
        "features.0",
        "features.1",
        "features.18",
    ]
    assert found[2].hidden is not None
    assert found[2].hidden.original == 96


def test_a_removed_block_keeps_nothing() -> None:
    """Both widths of a block that is gone are zero."""
    gone = blocks(lineage(0.5, removed=("features.5",)))[5]
    assert gone == BlockWidths(
        name="features.5",
        hidden=Width(layer="features.5 hidden", original=192, kept=0),
        output=Width(layer="features.5 output", original=32, kept=0),
    )


ODD: list[Json] = [None, 3, "text", [1, "a", None], [{}], {"layer": 1}, [{"threads": True}]]


@pytest.mark.parametrize("odd", ODD)
def test_evidence_of_another_kind_reads_as_absent(odd: Json) -> None:
    """What is missing or of the wrong type never raises: there is just nothing of it to show."""
    broken = replace(NOT_MOBILENET, evidence={"widths": odd, "threads": odd, "correct": odd})
    assert blocks(broken) == ()
    assert timings(broken) == ()
    assert Rate.read(broken) is None


def test_a_check_that_was_not_attempted_has_no_evidence() -> None:
    """Without a measurement there is nothing to show, and nothing raised."""
    assert blocks(None) == ()
    assert timings(None) == ()
    assert Rate.read(None) is None


def test_a_truth_value_is_no_number() -> None:
    """`true` is not taken for one image."""
    found = Rate.read(
        Measurement(id="a", status=Status.PASSED, value=0.9, evidence={"correct": True})
    )
    assert found is not None
    assert found.correct is None


@pytest.mark.parametrize("odd", [None, 3, [], [[1, 2]], [[1], [2]], [[1, "a"], [2, 3]]])
def test_a_confusion_that_is_no_square_is_none(odd: Json) -> None:
    """A matrix is shown whole or not at all."""
    broken = Measurement(id="a", status=Status.PASSED, value=0.9, evidence={"confusion": odd})
    assert CheckpointEvidence.read(broken).matrix == ()


def test_what_is_misclassified_is_a_pair_of_whole_numbers() -> None:
    """An entry of another form is left out, and the others stay."""
    odd: Json = [[1, 2], [3], [4, "a"], [5, True], "b", [6, 7, 8], [9, 0]]
    broken = Measurement(id="a", status=Status.PASSED, value=0.9, evidence={"misclassified": odd})
    assert CheckpointEvidence.read(broken).misclassified == ((1, 2), (9, 0))
