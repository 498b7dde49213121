import pytest

from grader.errors import Fault, GraderError, HarnessError, Skip
from grader.evidence.run_check import run_check, skipped
from grader.types import Finding, Measurement, Status


def raising(error: Exception) -> Finding:
    """A check that raises `error`."""
    raise error


def test_a_finding_becomes_a_passed_measurement() -> None:
    """It has the finding's value, unit, evidence and review."""
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
    """The measurement has the reason, help and evidence of the exception."""
    made = run_check("mflops", lambda: raising(error))
    assert made.status is status
    assert made.reason
    assert made.help
    assert made.evidence == {"a": 1}


@pytest.mark.parametrize("error", [HarnessError("The child is gone."), ZeroDivisionError("oops")])
def test_any_other_exception_is_an_error(error: Exception) -> None:
    """It is not the hand-in's fault, and the other hand-ins are still graded."""
    made = run_check("mflops", lambda: raising(error))
    assert made.status is Status.ERROR
    assert str(error) in (made.reason or "")


def test_a_grader_error_is_raised() -> None:
    """It affects every hand-in, and the person who runs the grader must fix it."""
    with pytest.raises(GraderError, match="test set"):
        run_check("mflops", lambda: raising(GraderError("The test set is gone.")))


@pytest.mark.parametrize("status", [Status.FAILED, Status.SKIPPED, Status.ERROR])
def test_a_skipped_check_names_the_check_that_it_needs(status: Status) -> None:
    """It is skipped for every status of that check except passed."""
    before = Measurement(id="structure.lineage", status=status, reason="So it is.", help="Do it.")
    made = skipped("mflops", "structure.lineage", (before,))
    assert made.status is Status.SKIPPED
    assert "structure.lineage" in f"{made.reason} {made.expected} {made.evidence}"
    assert made.help == ("Do it." if status is Status.SKIPPED else None)
