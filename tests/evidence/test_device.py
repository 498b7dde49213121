"""What was seen of a device."""

import pytest

from grader.evidence.device import DeviceEvidence, DeviceHealth, HealthEvidence
from grader.types import Json, Measurement, Status


def measured(**evidence: Json) -> Measurement:
    """A latency with this evidence."""
    return Measurement(id="latency.device", status=Status.PASSED, evidence=evidence)


@pytest.mark.parametrize(
    ("evidence", "is_in"), [({"device": "pi"}, True), ({"device": None}, True), ({}, False)]
)
def test_a_device_may_be_meant_without_a_name(evidence: dict[str, Json], is_in: bool) -> None:
    """Where none could be reached its key is there; a run on this machine has no such key."""
    assert DeviceEvidence.is_in(measured(**evidence)) is is_in


def test_two_looks_are_read_in_their_order() -> None:
    """What a look does not tell is None."""
    calm: dict[str, Json] = {"temperature_c": 48.0, "throttled": False, "clock_mhz": 1500}
    found = HealthEvidence.read(measured(health=[calm, {"throttled": True}]))
    before, after = found.health
    assert before == DeviceHealth(
        temperature_c=48.0, throttled=False, governor=None, clock_mhz=1500.0
    )
    assert (after.temperature_c, after.throttled) == (None, True)
