from grader.evidence.notebook import Claim
from grader.report.claim_facts import ClaimFacts, Written
from grader.types import Measurement, Status
from tests.report.examples import passed, report


def written(value: float, decimals: int | None) -> Written:
    """A claim with so many written digits."""
    return Written.of(Claim(what="MFLOPs", value=value, percent=False, cell=1, decimals=decimals))


def test_the_written_digits_decide() -> None:
    """A number may be rounded or cut to them."""
    assert written(44, 0).shows(44.62)
    assert written(45, 0).shows(44.62)
    assert not written(44, 1).shows(44.62)
    assert written(44.6, 1).shows(44.62)
    assert not written(44, 0).shows(45.01)
    assert written(44.62, 2).near(44.7, 0.08)
    assert not written(44.62, 2).near(44.7, 0.05)


def test_a_claim_of_an_older_grader_has_the_digits_of_its_number() -> None:
    """A fraction has four."""
    assert written(43.4, None).unit == 0.1
    assert written(0.92, None).unit == 1e-4


def test_facts_are_of_the_report() -> None:
    """Missing measurements and keys are None or empty."""
    nothing = ClaimFacts.of(report("1"))
    assert (nothing.mflops, nothing.accuracy, nothing.counters) == (None, None, {})
    counted = Measurement(
        id="mflops",
        status=Status.PASSED,
        value=43.396277,
        evidence={"multiply_adds": 39_000_000, "batch_norm_outputs": 1_000_000},
    )
    facts = ClaimFacts.of(report("1", counted))
    assert facts.mflops == 43.396277
    assert sorted(facts.counters.values()) == [39, 40, 41, 43]
    assert ClaimFacts.of(passed("1", 43.396277, 9311, 0.38)).accuracy is not None
