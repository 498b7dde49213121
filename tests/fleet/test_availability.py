"""The devices that can be used now, later, or never."""

import pytest

from grader.fleet.availability import check_availability
from tests.devices.loopback_device import LoopbackDevice
from tests.fleet.test_fleet import AWAY, HERE

pytestmark = pytest.mark.system


def test_devices_are_checked_before_anything_is_measured(ssh_device: LoopbackDevice) -> None:
    """Who may do so later, and who never will as things are."""
    host_key_refusal = ssh_device.spec(name="stranger", known_hosts=ssh_device.folder / "none")
    told = check_availability((HERE[0], AWAY, host_key_refusal))
    assert told.ready == HERE[:1]
    assert [device for device, _ in told.away] == [AWAY]
    assert "stranger" in str(told.refused[0])
