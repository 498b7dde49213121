"""The measurements that devices must make, and the merge of their results."""

import dataclasses

import pytest

from grader.devices.limited import MAX_TIMEOUTS
from grader.evidence.ids import DEVICE_LATENCY, RUNNER
from grader.fleet.pending import (
    REQUIRED,
    pending_measurements,
    runner_is_pending,
    with_result,
)
from grader.labs.kinds import network_lab
from grader.types import Measured, Measurement, Status
from tests.fleet.test_device_run import ALL_FOUR, EXPORTED, LAB, ON_PI, OURS, found, measured


@pytest.mark.parametrize(
    ("known", "is_pending"),
    [
        ((), False),
        ((found(REQUIRED, Status.SKIPPED),), True),
        ((found(REQUIRED, Status.SKIPPED), found(DEVICE_LATENCY, Status.SKIPPED)), False),
        ((EXPORTED,), True),
        ((EXPORTED, found(DEVICE_LATENCY, Status.PASSED, ON_PI)), False),
        ((EXPORTED, found(DEVICE_LATENCY, Status.ERROR, ON_PI)), True),
        ((EXPORTED, found(DEVICE_LATENCY, Status.SKIPPED, ON_PI)), True),
    ],
)
def test_what_a_device_has_said_is_not_asked_for_again(
    known: tuple[Measurement, ...], is_pending: bool
) -> None:
    """An ERROR is pending, and so is a SKIPPED of a device."""
    assert bool(pending_measurements(measured(*known), LAB)) is is_pending


@pytest.mark.parametrize(
    ("runner", "is_pending"),
    [
        (found(RUNNER, Status.SKIPPED), True),
        (found(RUNNER, Status.PASSED), True),
        (found(RUNNER, Status.PASSED, ON_PI), False),
        (found(RUNNER, Status.FAILED, ON_PI), False),
        (found(RUNNER, Status.ERROR, ON_PI), True),
    ],
)
def test_a_runner_is_pending_until_a_device_has_judged_it(
    runner: Measurement, is_pending: bool
) -> None:
    """Whatever this machine thinks of it; and never where none was handed in."""
    timed = found(DEVICE_LATENCY, Status.PASSED, ON_PI)
    known = measured(EXPORTED, OURS, timed, runner, roles=ALL_FOUR)
    assert bool(pending_measurements(known, LAB)) is is_pending
    assert not runner_is_pending(measured(EXPORTED, OURS, timed, runner), LAB)
    assert not runner_is_pending(measured(EXPORTED, runner, roles=ALL_FOUR), LAB)
    assert not runner_is_pending(known, network_lab("prune-mobilenet-2025"))


HERE = Measurement(
    id=RUNNER, status=Status.PASSED, value=0.9, review="it printed no progress", evidence={"a": 1}
)


def after(here: Measurement, there: Measurement) -> Measurement:
    """What is known of a runner after a device has answered."""
    known = with_result(measured(EXPORTED, OURS, here, roles=ALL_FOUR), there)
    return next(each for each in known.measurements if each.id == RUNNER)


@pytest.mark.parametrize("here", [Status.PASSED, Status.FAILED])
def test_an_error_takes_no_verdicts_place(here: Status) -> None:
    """What was measured here stands, a device is asked again, and what it said is noted once."""
    before = dataclasses.replace(HERE, status=here, reason="Because.")
    broken = found(RUNNER, Status.ERROR, {"device": None})
    noted = after(before, broken)
    assert (noted.status, noted.value, noted.reason) == (here, 0.9, "Because.")
    assert "Because." in str(noted.evidence)
    assert pending_measurements(measured(EXPORTED, OURS, noted, roles=ALL_FOUR), LAB)[-1] == RUNNER
    assert after(noted, broken) == noted


def test_a_person_hears_of_a_runner_that_ran_here_and_not_there() -> None:
    """A device may lack what it needs: its FAILED does not take the place of what passed here."""
    noted = after(HERE, found(RUNNER, Status.FAILED, ON_PI))
    assert (noted.status, noted.value) == (Status.PASSED, 0.9)
    assert noted.review
    assert noted.review.startswith("it printed no progress; ")
    assert "pi4" in noted.review
    again = after(noted, found(RUNNER, Status.ERROR, ON_PI))
    assert again.review
    assert again.review.startswith("it printed no progress; ")
    assert again.review.count("Because.") == 1


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (Status.SKIPPED, Status.FAILED),
        (Status.SKIPPED, Status.ERROR),
        (Status.ERROR, Status.FAILED),
        (Status.FAILED, Status.FAILED),
        (Status.FAILED, Status.PASSED),
        (Status.PASSED, Status.PASSED),
    ],
)
def test_the_result_of_a_device_stands_otherwise(here: Status, there: Status) -> None:
    """It is where the lab has the runner run."""
    said = found(RUNNER, there, ON_PI)
    assert after(found(RUNNER, here), said) == said


def test_what_was_overdue_stays_counted() -> None:
    """Through an error of another kind, and beside a verdict from here, until it is enough."""
    once = found(RUNNER, Status.ERROR, ON_PI | {"overdue": 1})
    assert after(once, found(RUNNER, Status.ERROR, ON_PI)).evidence["overdue"] == 1
    noted = after(HERE, once)
    assert runner_is_pending(measured(OURS, noted, roles=ALL_FOUR), LAB)
    settled = after(noted, found(RUNNER, Status.FAILED, ON_PI | {"overdue": MAX_TIMEOUTS}))
    assert settled.status is Status.PASSED
    assert not runner_is_pending(measured(OURS, settled, roles=ALL_FOUR), LAB)


def test_the_latency_of_a_device_is_kept_when_another_is_lost() -> None:
    """An error of the runner is the runner's."""
    timed = found(DEVICE_LATENCY, Status.PASSED, ON_PI)
    known: Measured = measured(EXPORTED, OURS, timed, found(RUNNER, Status.SKIPPED), roles=ALL_FOUR)
    assert pending_measurements(known, LAB) == (RUNNER,)
    lost = with_result(known, found(RUNNER, Status.ERROR, {"device": None}))
    assert timed in lost.measurements
    assert REQUIRED in {each.id for each in lost.measurements}
