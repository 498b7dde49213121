"""The cause of a difference: the likeliest that fits, and another network only as the last."""

from dataclasses import replace

import pytest

from grader.evidence.accuracy import Rate
from grader.evidence.notebook import Claim
from grader.report.claim_causes import LAST, accuracy_cause, mflops_cause
from grader.report.claim_facts import ClaimFacts, Written

RATE = Rate(value=0.8008, correct=8008, total=10_000, low=0.793, high=0.8085, sample=False)
FACTS = ClaimFacts(
    mflops=44.62,
    unpruned=318.969098,
    counters={"only convolutions": 38.5, "torchprofile": 40.1, "thop": 46.2},
    accuracy=RATE,
    notebook_accuracy=7996 / 9984,
    notebook_images=9984,
)
SAMPLE = replace(
    FACTS,
    accuracy=Rate(value=0.805, correct=805, total=1_000, low=0.779, high=0.828, sample=True),
    notebook_accuracy=None,
    notebook_images=None,
)


def written(digits: str) -> Written:
    """A claim as it is written."""
    decimals = len(digits.partition(".")[2])
    return Written.of(
        Claim(what="x", value=float(digits), percent=False, cell=1, decimals=decimals)
    )


@pytest.mark.parametrize(
    ("digits", "word"),
    [
        ("44.62", "rounded"),
        ("44", "rounded"),
        ("45", "rounded"),
        ("44.620000", "the same"),
        ("44620000", "in operations"),
        ("0.0446", "in billions"),
        ("38.5", "only convolutions"),
        ("40.1", "torchprofile"),
        ("46.2", "thop"),
        ("40", "torchprofile"),
        ("319", "unpruned"),
        ("77.0", "two operations"),
        ("89.24", "two operations"),
        ("41.9", "torchprofile and fvcore"),
        ("0", "placeholder"),
        ("46", "thop"),
        ("20.5", LAST),
        ("43", LAST),
    ],
)
def test_mflops(digits: str, word: str) -> None:
    """Rounding, units, other counters, the unpruned network."""
    assert word in mflops_cause(written(digits), FACTS)


@pytest.mark.parametrize(
    ("digits", "word"),
    [
        ("0.8008", "the same"),
        ("0.801", "rounded"),
        ("0.80", "rounded"),
        ("0.800881", "9,984"),
        ("0.8010", "two of 10,000"),
        ("0.80108", "two of 9,984"),
        ("0", "placeholder"),
        ("0.8015", None),
        ("0.92", None),
    ],
)
def test_an_accuracy_of_all_images(digits: str, word: str | None) -> None:
    """On 10,000 or the notebook's 9,984, and within two images of either."""
    cause = accuracy_cause(written(digits), FACTS)
    assert cause is None if word is None else word in (cause or "")


@pytest.mark.parametrize(
    ("digits", "fits"), [("0.8008", True), ("0.78", True), ("0.83", True), ("0.70", False)]
)
def test_an_accuracy_beside_a_sample(digits: str, fits: bool) -> None:
    """Only the interval can contradict it."""
    cause = accuracy_cause(written(digits), SAMPLE)
    assert ("interval" in (cause or "")) == fits
