"""A claimed score: the inputs by which the formula gives it."""

import pytest

from grader.evidence.accuracy import Rate
from grader.evidence.notebook import Claim
from grader.labs.kinds import network_lab
from grader.report.claim_causes import LAST
from grader.report.claim_facts import ClaimFacts, Written
from grader.report.score_claim import score_cause
from grader.scoring.formula import formula_terms
from grader.types import GradeItem, Status

LAB = network_lab()
MFLOPS, ACCURACY, NOTEBOOK = 37.998450, 0.9108, 9_100 / 9_984


def points(mflops: float, accuracy: float) -> float:
    """The formula's points, without a floor."""
    return formula_terms(LAB.score, mflops, accuracy)[2].value


def cause(digits: str, *claims: Claim, sample: bool = False, accuracy: float = ACCURACY) -> str:
    """The cause for a claimed score."""
    terms = formula_terms(LAB.score, MFLOPS, accuracy)
    item = GradeItem(
        id="part2.formula",
        title="Part 2",
        kind="formula",
        earned=terms[-1].value,
        possible=45,
        status=Status.PASSED,
        terms=terms,
    )
    facts = ClaimFacts(
        mflops=MFLOPS,
        unpruned=318.969098,
        counters={"torchprofile": 35.1},
        accuracy=Rate(
            value=accuracy, correct=9108, total=10_000, low=0.89, high=0.93, sample=sample
        ),
        notebook_accuracy=None if sample else NOTEBOOK,
        notebook_images=None if sample else 9_984,
    )
    decimals = len(digits.partition(".")[2])
    claim = Claim(what="score", value=float(digits), percent=False, cell=9, decimals=decimals)
    return score_cause(Written.of(claim), item, facts, claims) or ""


@pytest.mark.parametrize(
    ("claimed", "word"),
    [
        (f"{points(MFLOPS, ACCURACY):.2f}", "the same"),
        (f"{points(MFLOPS, ACCURACY):.0f}", "the same"),
        (f"{points(MFLOPS, NOTEBOOK):.2f}", "9,984"),
        (f"{points(MFLOPS, 91.08):.2f}", "percentage"),
        (f"{points(35.1, ACCURACY):.2f}", "torchprofile"),
        (f"{points(35.1, 91.08):.2f}", "torchprofile and a percentage"),
        (f"{points(MFLOPS, ACCURACY + 0.0002):.3f}", "two of"),
        ("0", "placeholder"),
        ("20.11", LAST),
    ],
)
def test_the_inputs_are_named(claimed: str, word: str) -> None:
    """The likeliest first; another network is the last cause."""
    assert word in cause(claimed)


def test_the_notebooks_own_claims_may_be_the_inputs() -> None:
    """A score that follows from what the notebook claims is explained by that."""
    flops = Claim(what="MFLOPs", value=30.2, percent=False, cell=4, decimals=1)
    rate = Claim(what="accuracy", value=92.5, percent=True, cell=5, decimals=1)
    assert "cell 4" in cause(f"{points(30.2, ACCURACY):.2f}", flops)
    assert "cell 4" in cause(f"{points(30.2, 0.925):.2f}", flops, rate)


def test_a_sample_gives_an_interval() -> None:
    """Within it nothing contradicts the claim; below the floor the points without it are named."""
    assert "interval" in cause(f"{points(MFLOPS, 0.915):.2f}", sample=True)
    assert cause(f"{points(MFLOPS, 0.87):.2f}", sample=True) == LAST
    assert "interval" not in cause(f"{points(MFLOPS, 0.915):.2f}")
