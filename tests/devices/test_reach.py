import pytest

from grader.devices import ssh
from grader.devices.local import LocalConnection
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect


def test_a_device_without_an_address_is_this_machine() -> None:
    """Nothing is asked of any network."""
    with connect(DeviceSpec(name="here")) as connection:
        assert isinstance(connection, LocalConnection)


def test_an_address_of_ssh_is_reached_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the whole of what the pool says of the device."""
    reached: list[DeviceSpec] = []
    monkeypatch.setattr(ssh, "SshConnection", reached.append)
    spec = DeviceSpec(name="pi", address="ssh://pi@board:2222", stall_seconds=3)
    connect(spec)
    assert reached == [spec]
