"""Trusting a device: shown first, kept if a person says so, never replaced."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from grader.devices.connection import Command, Refused, Unreachable
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from grader.devices.trust import show_key, trust_key
from grader.errors import GraderError
from tests.devices.fixtures import Connect
from tests.devices.loopback_device import LoopbackDevice, fingerprint_of, make_key

pytestmark = pytest.mark.system


def test_a_device_is_looked_at_and_then_known(
    ssh_device: LoopbackDevice, tmp_path: Path, reach: Connect
) -> None:
    """Nothing is written by looking; after keeping, the device is reached."""
    known = tmp_path / ".ssh" / "known_hosts"
    spec = ssh_device.spec(known_hosts=known)
    shown = show_key(spec)
    assert (shown.fingerprint, shown.state) == (ssh_device.fingerprint, "unknown")
    assert shown.entry == f"[127.0.0.1]:{ssh_device.port}"
    assert not known.exists()
    trust_key(shown)
    assert stat.S_IMODE(known.stat().st_mode) == 0o600
    assert stat.S_IMODE(known.parent.stat().st_mode) == 0o700
    assert show_key(spec).state == "trusted"
    assert reach(spec).run(Command(arguments=("true",), seconds=10)).returncode == 0


def test_what_was_known_before_stays(ssh_device: LoopbackDevice, tmp_path: Path) -> None:
    """A line is added, also after one that has no end."""
    known = tmp_path / "known_hosts"
    known.write_bytes(b"# mine, without a line end")
    shown = show_key(ssh_device.spec(known_hosts=known))
    trust_key(shown)
    assert known.read_text(encoding="ascii") == f"# mine, without a line end\n{shown.line}\n"


def test_another_key_is_never_replaced(ssh_device: LoopbackDevice, tmp_path: Path) -> None:
    """Both fingerprints are shown, and the file stays as it is."""
    make_key(tmp_path / "other")
    public = (tmp_path / "other.pub").read_text(encoding="ascii")
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{ssh_device.port} {public}", encoding="ascii")
    before = known.read_bytes()
    with pytest.raises(Refused, match="key") as refused:
        show_key(ssh_device.spec(known_hosts=known))
    assert ssh_device.fingerprint in str(refused.value)
    assert fingerprint_of(tmp_path / "other") in str(refused.value)
    assert "ssh-keygen -R" in (refused.value.help or "")
    assert known.read_bytes() == before


def test_a_device_that_does_not_answer_shows_nothing(ssh_device: LoopbackDevice) -> None:
    """It is unreachable."""
    with pytest.raises(Unreachable, match="first"):
        show_key(ssh_device.spec(address="ssh://pi@127.0.0.1:1"))


def test_this_machine_needs_no_trust() -> None:
    """It has no key."""
    with pytest.raises(GraderError, match="here"):
        show_key(DeviceSpec(name="here"))


def test_a_file_that_cannot_be_written_says_so(ssh_device: LoopbackDevice, tmp_path: Path) -> None:
    """A folder in its place, say."""
    shown = show_key(ssh_device.spec(known_hosts=tmp_path / "none"))
    with pytest.raises(GraderError, match=str(tmp_path)):
        trust_key(replace(shown, file=tmp_path))


def test_a_file_that_is_none_says_so(ssh_device: LoopbackDevice, tmp_path: Path) -> None:
    """Known hosts that cannot be understood trust nobody."""
    known = tmp_path / "known_hosts"
    known.write_text("@revoked\n", encoding="ascii")
    with pytest.raises(GraderError, match="known_hosts"):
        connect(ssh_device.spec(known_hosts=known))


def test_a_revoked_key_is_never_trusted(ssh_device: LoopbackDevice, tmp_path: Path) -> None:
    """Though the same file has it as a good one, too."""
    known = tmp_path / "known_hosts"
    line = ssh_device.known_hosts.read_text(encoding="ascii").splitlines()[0]
    known.write_text(f"@revoked {line}\n{line}\n", encoding="ascii")
    with pytest.raises(Refused, match="@revoked"):
        show_key(ssh_device.spec(known_hosts=known))
