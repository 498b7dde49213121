"""A device's times as a measurement."""

from pathlib import Path

import pytest

from grader.devices.connection import Connection
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from grader.devices.session import Programs, Timing
from grader.evaluators import device_latency
from grader.evaluators.device_latency import health_around, measure_latency_on_device
from grader.evidence.device import DeviceTimingEvidence, HealthEvidence
from grader.evidence.latency import LatencyEvidence
from grader.types import Finding, Measurement, Status
from tests.devices.measured import look, timed

PROGRAMS = Programs(program=Path("a.pte"), unpruned=Path("b.pte"), unpruned_sha256="ab")


def found(monkeypatch: pytest.MonkeyPatch, timing: Timing) -> Finding:
    """The measurement for a device that reports these times."""

    def time_program(_connection: Connection, programs: Programs) -> Timing:
        assert programs is PROGRAMS
        return timing

    monkeypatch.setattr(device_latency, "time_program", time_program)
    with connect(DeviceSpec(name="pi")) as connection:
        return measure_latency_on_device(connection, PROGRAMS)


def test_the_median_is_the_value_and_the_rest_is_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """In milliseconds on one thread, with what measured and how often it had to."""
    finding = found(monkeypatch, timed(attempts=2))
    assert finding.value == pytest.approx(5.5)
    assert (finding.unit, finding.review) == ("ms", None)
    kept = Measurement(id="latency.device", status=Status.PASSED, evidence=finding.evidence)
    timing = DeviceTimingEvidence.read(kept)
    assert (timing.measured_by, timing.attempts) == ("executorch", 2)
    times = LatencyEvidence.read(kept)
    assert (times.warm_up, times.runs, len(times.threads)) == (10, 10, 1)
    first = times.threads[0]
    assert (first.unpruned_p50, first.speedup) == pytest.approx((16.5, 3.0))
    assert first.busy is False
    looks = HealthEvidence.read(kept).health
    assert [each.temperature_c for each in looks] == [48.0, 51.0]


@pytest.mark.parametrize(("throttled", "reviewed"), [(True, True), (False, False), (None, False)])
def test_a_board_that_was_held_back_is_for_a_person_to_look_at(
    monkeypatch: pytest.MonkeyPatch, throttled: bool | None, reviewed: bool
) -> None:
    """It is named; a device that does not report it is not suspected."""
    review = found(monkeypatch, timed(throttled)).review
    assert (review is not None) == reviewed
    assert review is None or review.startswith("pi ")


def test_a_busy_board_is_in_the_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its times are marked, and no person has to look at them."""
    finding = found(monkeypatch, timed(attempts=2, busy=True))
    kept = Measurement(id="latency.device", status=Status.PASSED, evidence=finding.evidence)
    assert LatencyEvidence.read(kept).threads[0].busy is True
    assert finding.review is None


def test_a_look_is_told_without_its_details() -> None:
    """The clocks and the reasons are the probe's to show."""
    (before, after) = health_around(look(), look(None, None)).health
    assert (before.temperature_c, before.throttled) == (48.0, False)
    assert (before.governor, before.clock_mhz) == ("performance", 1800.0)
    assert (after.temperature_c, after.throttled) == (None, None)
