"""The devices that `grader grade --device` uses."""

import re

import pytest

from grader.commands import grade as grading
from grader.errors import GraderError
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


def test_devices_that_are_away_stop_no_class(capsys: pytest.CaptureFixture[str]) -> None:
    """All else is graded meanwhile, and what is waited for is said."""
    found = grading._class_devices([AWAY.address], None)
    assert [device.address for device in found.devices] == [AWAY.address]
    said = " ".join(capsys.readouterr().err.split())
    assert "127.0.0.1-9" in said
    assert "5 minutes" in said


def test_no_usable_device_is_an_error(
    ssh_device: LoopbackDevice,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Its key is not trusted: said at once, before hours of measuring."""
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    with pytest.raises(GraderError, match=re.escape(ssh_device.fingerprint)):
        grading._class_devices([ssh_device.spec().address], None)
