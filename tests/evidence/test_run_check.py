import pytest

from grader.errors import Fault, GraderError, HarnessError, Skip
from grader.evidence.run_check import run_check, skipped
from grader.types import Finding, Measurement, Status


def raising(error: Exception) -> Finding:
    """A check that finds nothing."""
    raise error


def test_a_finding_passes_with_all_that_was_found() -> None:
    """Value, unit, evidence, and what a person should look at."""
    found = Finding(value=2.0, unit="ms", evidence={"runs": 3}, review="Look.")
    made = run_check("mflops", lambda: found)
    assert (made.id, made.status) == ("mflops", Status.PASSED)
    assert (made.value, made.unit, made.review) == (2.0, "ms", "Look.")
    assert made.evidence["runs"] == 3
    assert made.seconds >= 0


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Fault("It is wrong.", help="Put it right.", evidence={"a": 1}), Status.FAILED),
        (Skip("It is not here.", help="Hand it in.", evidence={"a": 1}), Status.SKIPPED),
    ],
)
def test_a_fault_fails_and_a_skip_skips(error: Exception, status: Status) -> None:
    """With its reason, help and evidence."""
    made = run_check("mflops", lambda: raising(error))
    assert made.status is status
    assert made.reason
    assert made.help
    assert made.evidence == {"a": 1}


@pytest.mark.parametrize("error", [HarnessError("The child is gone."), ZeroDivisionError("oops")])
def test_whatever_else_is_raised_is_an_error_of_ours(error: Exception) -> None:
    """It is never the hand-in's fault, and it stops no other hand-in."""
    made = run_check("mflops", lambda: raising(error))
    assert made.status is Status.ERROR
    assert str(error) in (made.reason or "")


def test_what_stops_every_hand_in_is_raised() -> None:
    """The person at the keyboard can put it right."""
    with pytest.raises(GraderError, match="test set"):
        run_check("mflops", lambda: raising(GraderError("The test set is gone.")))


@pytest.mark.parametrize("status", [Status.FAILED, Status.SKIPPED, Status.ERROR])
def test_a_check_that_cannot_be_made_names_the_one_before_it(status: Status) -> None:
    """It is skipped, whatever became of the one that it needs."""
    before = Measurement(id="structure.lineage", status=status, reason="So it is.")
    made = skipped("mflops", "structure.lineage", (before,))
    assert made.status is Status.SKIPPED
    assert "structure.lineage" in f"{made.reason} {made.expected} {made.evidence}"
