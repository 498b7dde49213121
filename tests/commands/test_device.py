"""`grader device …`, started as a user starts it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.commands import device as device_commands
from grader.errors import GraderError
from tests.devices.loopback_device import LoopbackDevice

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of three devices; only this machine answers."""
    file = tmp_path_factory.mktemp("pool") / "devices.toml"
    file.write_text(
        f'[[devices]]\nname = "here"\nlabels = ["near"]\npython = "{sys.executable}"\n'
        '[[devices]]\nname = "off"\naddress = "ssh://pi@127.0.0.1:1"\n',
        encoding="utf-8",
    )
    return file


def device(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `grader device` to its end, with nobody at the keyboard."""
    return subprocess.run(
        [sys.executable, "-m", "grader", "device", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
        check=False,
    )


def test_the_pool_is_listed(pool: Path) -> None:
    """Every device, without asking any."""
    listed = device("list", "--devices", pool)
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["Device", "here", "off"]


def test_a_device_that_is_off_does_not_stop_the_others(pool: Path) -> None:
    """The one that answers is shown, the other named, and the exit code says so."""
    probed = device("probe", "off", "here", "--markdown", "--devices", pool)
    assert probed.returncode == 1
    assert "| here | |" in probed.stdout
    assert "off " in probed.stderr
    assert "Traceback" not in probed.stderr


def test_a_device_is_trusted_by_its_fingerprint(ssh_device: LoopbackDevice, tmp_path: Path) -> None:
    """Refused with nobody there to compare it, taken with its own, and probed from then on."""
    config, file = tmp_path / "config", tmp_path / "devices.toml"
    known = tmp_path / "known_hosts"
    config.write_text((ssh_device.folder / "ssh_config").read_text("utf-8"), encoding="utf-8")
    file.write_text(
        f'[[devices]]\nname = "desk"\naddress = "{ssh_device.spec().address}"\n'
        f'known_hosts = "known_hosts"\nssh_config = "config"\n',
        encoding="utf-8",
    )
    unseen = device("trust", "desk", "--devices", file)
    assert (unseen.returncode, known.exists()) == (2, False)
    assert ssh_device.fingerprint in unseen.stdout
    told = "".join(device("probe", "desk", "--devices", file).stderr.split())
    for said in (told, "".join(unseen.stderr.split())):
        assert f"graderdevicetrustdesk--devices{file}" in said
    right = device("trust", "desk", "--devices", file, "--fingerprint", ssh_device.fingerprint)
    assert right.returncode == 0
    probed = device("probe", "desk", "--devices", file)
    assert probed.returncode == 0
    assert "Python" in probed.stdout


@pytest.mark.slow
def test_a_device_is_timed(pool: Path, tmp_path: Path) -> None:
    """The one that answers has its line, the other is named; a program that is none is refused."""
    timed = device("bench", "here", "off", "--devices", pool)
    assert timed.returncode == 1, timed.stderr
    line = timed.stdout.splitlines()[1].split()
    assert line[0] == "here"
    assert all(float(each.removeprefix("†")) > 0 for each in line[1:6])
    assert "off " in timed.stderr
    none = device("bench", "here", "--program", tmp_path / "none.pte", "--devices", pool)
    assert none.returncode == 2


def test_another_key_than_the_one_expected_is_refused(
    ssh_device: LoopbackDevice, tmp_path: Path
) -> None:
    """And not kept, also where a key is trusted; without one, a trusted key is asked no more."""
    known = tmp_path / "known_hosts"
    file = tmp_path / "devices.toml"
    file.write_text(
        f'[[devices]]\nname = "desk"\naddress = "{ssh_device.spec().address}"\n'
        'known_hosts = "known_hosts"\n',
        encoding="utf-8",
    )
    with pytest.raises(GraderError, match="key"):
        device_commands.device_trust("desk", file, "SHA256:other")
    assert not known.exists()
    device_commands.device_trust("desk", file, ssh_device.fingerprint)
    before = known.read_bytes()
    for other in ("SHA256:other", "SHA256:鍵", ""):
        with pytest.raises(GraderError, match="key") as refused:
            device_commands.device_trust("desk", file, other)
        assert f'ssh-keygen -R "[127.0.0.1]:{ssh_device.port}"' in (refused.value.help or "")
    device_commands.device_trust("desk", file, ssh_device.fingerprint)
    device_commands.device_trust("desk", file, None)
    assert known.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [["probe", "nobody"], ["probe", "ssh://pi:secret@device"], ["trust", "local"]],
)
def test_wrong_usage_is_told_in_a_line(arguments: list[str]) -> None:
    """Without a traceback, and without a password that was in it."""
    ran = device(*arguments)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert "secret" not in ran.stderr + ran.stdout
