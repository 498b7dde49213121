"""The devices that `grader grade --device` uses."""

import re

import pytest

from grader.commands.class_devices import class_devices_of
from grader.errors import GraderError
from tests.devices.loopback_device import LoopbackDevice
from tests.fleet.test_fleet import AWAY

pytestmark = pytest.mark.system


def test_devices_that_are_away_stop_no_class(capsys: pytest.CaptureFixture[str]) -> None:
    """All else is graded meanwhile, and what is waited for is said."""
    found = class_devices_of([AWAY.address], None)
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
        class_devices_of([ssh_device.spec().address], None)
