"""Logging in: what is said where a device is not let in; tests/devices/test_ssh.py logs in."""

import asyncio
from pathlib import Path

import asyncssh
import pytest

from grader.devices.host_keys import KnownHost, fingerprint
from grader.devices.login import host_key_of, host_key_refusal, log_in, options_of
from grader.devices.pool import DeviceSpec
from grader.errors import GraderError
from tests.devices.loopback_device import LoopbackDevice

ERROR = asyncssh.HostKeyNotVerifiable("Host key is not trusted.")


def pi(**said: object) -> DeviceSpec:
    """A device that nobody has to reach."""
    return DeviceSpec.model_validate({"name": "pi", "address": "ssh://ta@pi.local:2222", **said})


def key() -> asyncssh.SSHKey:
    """A key of a device's."""
    return asyncssh.generate_private_key("ssh-ed25519").convert_to_public()


def known_host(folder: Path, *known: asyncssh.SSHKey) -> KnownHost:
    """Where the device's keys are kept, with these in it."""
    file = folder / "known_hosts"
    lines = [f"[pi.local]:2222 {each.export_public_key().decode()}" for each in known]
    file.write_text("".join(lines), encoding="ascii")
    return KnownHost(name="pi.local", port=2222, files=(file,))


def test_a_device_that_nobody_knows_is_to_be_compared_and_trusted(tmp_path: Path) -> None:
    """With the fingerprint that it shows."""
    shown = key()
    refused = host_key_refusal(pi(), known_host(tmp_path), shown, ERROR)
    assert fingerprint(shown) in str(refused)
    assert "grader device trust ssh://ta@pi.local:2222" in str(refused.help)


def test_another_key_than_before_names_both_and_the_file(tmp_path: Path) -> None:
    """Nobody has to search for the line to take out."""
    before, shown = key(), key()
    refused = host_key_refusal(pi(), known_host(tmp_path, before), shown, ERROR)
    assert fingerprint(before) in str(refused)
    assert fingerprint(shown) in str(refused)
    assert 'ssh-keygen -R "[pi.local]:2222"' in str(refused.help)
    assert str(tmp_path / "known_hosts") in str(refused.help)


def test_where_no_key_was_shown_the_librarys_words_are_all_there_is(tmp_path: Path) -> None:
    """A jump host's key, or a revoked one."""
    refused = host_key_refusal(pi(), known_host(tmp_path, key()), None, ERROR)
    assert "Host key is not trusted" in str(refused)
    assert not str(refused).endswith("..")


def test_the_pool_counts_before_the_configuration(tmp_path: Path) -> None:
    """User and port of the address; what it does not say is the configuration's."""
    config = tmp_path / "config"
    config.write_text("Host pi.local\n  User other\n  Port 9\n", encoding="utf-8")
    options = asyncio.run(options_of(pi(ssh_config=config)))
    assert (options.username, options.host, options.port) == ("ta", "pi.local", 2222)
    options = asyncio.run(options_of(pi(address="ssh://pi.local", ssh_config=config)))
    assert (options.username, options.port) == ("other", 9)


@pytest.mark.parametrize("content", [None, "Port many\n"])
def test_a_configuration_that_cannot_be_used_is_the_users_to_mend(
    tmp_path: Path, content: str | None
) -> None:
    """One that is not there, and one that is none."""
    config = tmp_path / "config"
    if content is not None:
        config.write_text(content, encoding="utf-8")
    with pytest.raises(GraderError, match="SSH configuration") as caught:
        asyncio.run(options_of(pi(ssh_config=config)))
    assert "ssh -G" in str(caught.value.help)


@pytest.mark.system
def test_a_device_shows_its_key_to_anybody(ssh_device: LoopbackDevice, tmp_path: Path) -> None:
    """Trusted or not; one that does not answer shows none."""
    shown = asyncio.run(host_key_of(ssh_device.spec(known_hosts=tmp_path / "none")))
    assert shown is not None
    assert fingerprint(shown) == ssh_device.fingerprint
    assert asyncio.run(host_key_of(ssh_device.spec(port=9))) is None


@pytest.mark.system
def test_whoever_is_known_is_logged_in_without_the_agent(ssh_device: LoopbackDevice) -> None:
    """By the key of the configuration, under the user's name."""

    async def logged_in() -> bytes:
        connection = await log_in(ssh_device.spec())
        async with connection:
            ended = await connection.run("echo agent=$SSH_AUTH_SOCK", encoding=None)
        assert isinstance(ended.stdout, bytes)
        return ended.stdout

    assert asyncio.run(logged_in()) == b"agent=\n"
