"""Turns a check's result or exception into a measurement; has the only broad `except`."""

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial

from grader.errors import Fault, GraderError, HarnessError, Skip
from grader.types import Finding, Measurement, Status

_log = logging.getLogger(__name__)


def run_check(id: str, check: Callable[[], Finding]) -> Measurement:
    """Run `check` and return its finding or its exception as a measurement.

    A `Fault` gives FAILED, a `Skip` gives SKIPPED, any other exception ERROR. Raises `GraderError`:
    the person who runs the grader must fix that before any hand-in can be graded.
    """
    started = time.perf_counter()
    measurement = partial(_measurement, id, started)
    try:
        finding = check()
    except Fault as fault:
        return failed(id, fault, time.perf_counter() - started)
    except Skip as skip:
        return measurement(
            status=Status.SKIPPED, reason=skip.reason, help=skip.help, evidence=skip.evidence
        )
    except GraderError:  # it affects every hand-in, so it must stop the run
        raise
    except Exception as error:  # broad, so that an error in one hand-in does not stop the others
        _log.debug("%s failed", id, exc_info=True)
        known = isinstance(error, HarnessError)
        reason = str(error) if known else f"{type(error).__name__}: {error}"
        return measurement(
            status=Status.ERROR,
            reason=f"The grader failed: {reason}",
            help="The hand-in is not at fault. Grade it again; if that fails, report the error.",
        )
    return measurement(
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
    """Return the FAILED measurement for `fault`."""
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
    """Return the SKIPPED measurement of a check that needs `lacking`.

    `made` are the measurements so far; the one of `lacking` did not pass. If it was skipped, both
    have the same help.
    """
    because: Mapping[Status, str] = {
        Status.FAILED: "which failed",
        Status.ERROR: "which the grader could not measure",
        Status.SKIPPED: "which was skipped",
    }
    needed = next(each for each in made if each.id == lacking)
    return Measurement(
        id=id,
        status=Status.SKIPPED,
        reason=f"It needs {lacking}, {because[needed.status]}.",
        help=needed.help if needed.status is Status.SKIPPED else None,
    )
