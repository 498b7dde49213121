"""What an evaluator answers or raises becomes a verdict: the one broad `except` is here."""

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial

from grader.errors import Fault, GraderError, HarnessError, Skip
from grader.types import Finding, Measurement, Status

_log = logging.getLogger(__name__)


def run_check(id: str, question: Callable[[], Finding]) -> Measurement:
    """Turn what an evaluator answers or raises into a measurement."""
    started = time.perf_counter()
    verdict = partial(_measurement, id, started)
    try:
        finding = question()
    except Fault as fault:
        return failed(id, fault, time.perf_counter() - started)
    except Skip as skip:
        return verdict(
            status=Status.SKIPPED, reason=skip.reason, help=skip.help, evidence=skip.evidence
        )
    except GraderError:  # what stops every hand-in is for the person at the keyboard
        raise
    except Exception as error:  # the one broad except: one hand-in's trouble is not the batch's
        _log.debug("%s failed", id, exc_info=True)
        known = isinstance(error, HarnessError)
        reason = str(error) if known else f"{type(error).__name__}: {error}"
        return verdict(
            status=Status.ERROR,
            reason=f"The grader failed: {reason}",
            help="This is not the hand-in's fault. Grade it again; if it stays, report it.",
        )
    return verdict(
        status=Status.PASSED,
        value=finding.value,
        unit=finding.unit,
        evidence=finding.evidence,
        review=finding.review,
    )


def _measurement(id: str, started: float, **fields: object) -> Measurement:
    seconds = time.perf_counter() - started
    return Measurement(id=id, seconds=seconds, **fields)  # type: ignore[arg-type]  # fields of Measurement by name


def failed(id: str, fault: Fault, seconds: float = 0.0) -> Measurement:
    """The measurement that a fault makes, after so many seconds."""
    return Measurement(
        id=id,
        status=Status.FAILED,
        reason=fault.reason,
        help=fault.help,
        expected=fault.expected,
        actual=fault.actual,
        evidence=fault.evidence,
        seconds=seconds,
    )


def skipped(id: str, lacking: str, made: tuple[Measurement, ...]) -> Measurement:
    """What becomes of a measurement that needs `lacking`, one of those `made` that did not pass."""
    because: Mapping[Status, str] = {
        Status.FAILED: "which failed",
        Status.ERROR: "which the grader could not measure",
        Status.SKIPPED: "which was skipped",
    }
    status = next(each.status for each in made if each.id == lacking)
    return Measurement(
        id=id, status=Status.SKIPPED, reason=f"It needs {lacking}, {because[status]}."
    )
