"""Connections over SSH, to a real OpenSSH server."""

import getpass
import logging
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from grader.devices.connection import Command, Connection, ConnectionLost, Refused, Unreachable
from grader.devices.reach import connect
from grader.errors import HarnessError
from tests.devices.fixtures import Connect
from tests.devices.loopback_device import LoopbackDevice, fingerprint_of, gone, make_key
from tests.devices.proxy import Proxy

pytestmark = pytest.mark.system


def test_nothing_listens(ssh_device: LoopbackDevice) -> None:
    """A port that nobody listens on is an unreachable device, with its place."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Unreachable, match=rf"first .*\[127.0.0.1\]:{port}"):
        connect(ssh_device.spec(port=port))


def test_no_such_host(ssh_device: LoopbackDevice) -> None:
    """A name that nobody knows is an unreachable device."""
    with pytest.raises(Unreachable, match=r"no-such-device\.invalid"):
        connect(ssh_device.spec(address="ssh://pi@no-such-device.invalid"))


def test_a_host_that_never_answers(ssh_device: LoopbackDevice) -> None:
    """A server that takes the connection and says nothing is unreachable, after the stall."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        spec = ssh_device.spec(port=server.getsockname()[1], stall_seconds=0.5)
        with pytest.raises(Unreachable, match="first"):
            connect(spec)


def test_an_unknown_host_is_refused_with_its_fingerprint(
    ssh_device: LoopbackDevice, tmp_path: Path
) -> None:
    """A key that nobody trusts yet is shown as ssh-keygen prints it, and what to do."""
    with pytest.raises(Refused, match=re.escape(ssh_device.fingerprint)) as refused:
        connect(ssh_device.spec(known_hosts=tmp_path / "none"))
    assert f"grader device trust {ssh_device.spec().address}" in (refused.value.help or "")


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_a_changed_host_key_is_refused_with_both(
    ssh_device: LoopbackDevice, tmp_path: Path, kind: str
) -> None:
    """Another key than the trusted one is refused, of the same kind or not, and both are shown."""
    other = tmp_path / "other"
    command = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(other)]
    subprocess.run(command, check=True)
    public = other.with_suffix(".pub").read_text(encoding="ascii")
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{ssh_device.port} {public}", encoding="ascii")
    with pytest.raises(Refused, match="key") as refused:
        connect(ssh_device.spec(known_hosts=known))
    assert ssh_device.fingerprint in str(refused.value)
    assert fingerprint_of(other) in str(refused.value)


def test_a_configuration_cannot_turn_the_check_off(
    ssh_device: LoopbackDevice, tmp_path: Path
) -> None:
    """`UserKnownHostsFile none` and `StrictHostKeyChecking no` have no effect."""
    config = tmp_path / "config"
    config.write_text(
        f"UserKnownHostsFile none\nStrictHostKeyChecking no\nIdentityFile {ssh_device.key}\n",
        encoding="utf-8",
    )
    with pytest.raises(Refused, match=re.escape(ssh_device.fingerprint)):
        connect(ssh_device.spec(known_hosts=None, ssh_config=config))


def test_a_wrong_key_is_refused(ssh_device: LoopbackDevice, tmp_path: Path) -> None:
    """A key that the device does not know is refused, and passwords are never used."""
    make_key(tmp_path / "stranger")
    config = tmp_path / "config"
    config.write_text(
        f"IdentityFile {tmp_path / 'stranger'}\nIdentityAgent none\n", encoding="utf-8"
    )
    with pytest.raises(Refused, match="first") as refused:
        connect(ssh_device.spec(ssh_config=config))
    assert "ssh-copy-id" in (refused.value.help or "")


def test_a_wrong_user_is_refused(ssh_device: LoopbackDevice) -> None:
    """A user that the device does not have is refused by name."""
    with pytest.raises(Refused, match="nobody-here"):
        connect(ssh_device.spec(address=f"ssh://nobody-here@127.0.0.1:{ssh_device.port}"))


def test_no_password_is_ever_offered(own_ssh_device: LoopbackDevice) -> None:
    """A server that accepts only passwords gets none, and the login fails."""
    own_ssh_device.kill()
    settings = own_ssh_device.folder / "sshd_config"
    text = settings.read_text(encoding="utf-8").replace(
        "PasswordAuthentication no", "PasswordAuthentication yes\nPubkeyAuthentication no"
    )
    settings.write_text(text + "LogLevel DEBUG\n", encoding="utf-8")
    own_ssh_device.start()
    with pytest.raises(Refused, match="own"):
        connect(own_ssh_device.spec())
    log = (own_ssh_device.folder / "log").read_text(encoding="utf-8")
    assert "method none" in log
    assert "method password" not in log


@pytest.fixture
def agent(ssh_device: LoopbackDevice, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An agent that holds the device's key, and no other way in."""
    start, add = ["ssh-agent", "-s"], ["ssh-add", "-q", str(ssh_device.key)]
    started = subprocess.run(start, check=True, capture_output=True, text=True)
    said = dict(
        part.split("=", 1) for part in started.stdout.replace(";", "\n").split() if "=" in part
    )
    monkeypatch.setenv("SSH_AUTH_SOCK", said["SSH_AUTH_SOCK"])
    subprocess.run(add, check=True, capture_output=True)
    yield
    os.kill(int(said["SSH_AGENT_PID"]), signal.SIGTERM)


@pytest.mark.usefixtures("agent")
def test_an_agent_logs_in_and_stays_here(
    ssh_device: LoopbackDevice, tmp_path: Path, reach: Connect
) -> None:
    """A key that only an agent holds logs in; the agent is never in the device's reach."""
    config = tmp_path / "config"
    config.write_text("ForwardAgent yes\nIdentityFile none\n", encoding="utf-8")
    connection = reach(ssh_device.spec(ssh_config=config))
    ended = connection.run(Command(arguments=("sh", "-c", "echo agent=$SSH_AUTH_SOCK"), seconds=10))
    assert ended.output == b"agent=\n"


def test_the_users_own_configuration_is_honoured(
    ssh_device: LoopbackDevice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reach: Connect
) -> None:
    """An alias in ~/.ssh/config brings host, port, user, key and known hosts."""
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".ssh"
    folder.mkdir(mode=0o700)
    (folder / "config").write_text(
        f"Host desk\n  HostName 127.0.0.1\n  Port {ssh_device.port}\n  User {getpass.getuser()}\n"
        f"  IdentityFile {ssh_device.key}\n  UserKnownHostsFile {ssh_device.known_hosts}\n",
        encoding="utf-8",
    )
    connection = reach(ssh_device.spec(address="ssh://desk", known_hosts=None, ssh_config=None))
    assert connection.run(Command(arguments=("echo", "hello"), seconds=10)).output == b"hello\n"


def test_a_jump_host_is_honoured(
    ssh_device: LoopbackDevice, second_ssh_device: LoopbackDevice, tmp_path: Path, reach: Connect
) -> None:
    """A device behind another is reached through it, each with its own key."""
    jump = f"{getpass.getuser()}@127.0.0.1:{second_ssh_device.port}"
    known = tmp_path / "known_hosts"
    known.write_bytes(
        ssh_device.known_hosts.read_bytes() + second_ssh_device.known_hosts.read_bytes()
    )
    config = tmp_path / "config"
    config.write_text(
        f"Host inner\n  HostName 127.0.0.1\n  Port {ssh_device.port}\n  ProxyJump {jump}\n"
        f"Host *\n  IdentityFile {ssh_device.key}\n  IdentityFile {second_ssh_device.key}\n"
        f"  UserKnownHostsFile {known}\n",
        encoding="utf-8",
    )
    spec = ssh_device.spec(address="ssh://inner", known_hosts=None, ssh_config=config)
    script = ("sh", "-c", "echo $HOME")
    ended = reach(spec).run(Command(arguments=script, seconds=10))
    assert ended.output.decode().strip() == str(ssh_device.home)


def test_two_devices_have_homes_of_their_own(
    over_ssh: Connection, second_ssh_device: LoopbackDevice, reach: Connect
) -> None:
    """What the tests take for two devices shares no home folder."""
    script = Command(arguments=("sh", "-c", "echo $HOME"), seconds=10)
    second = reach(second_ssh_device.spec())
    assert over_ssh.run(script).output != second.run(script).output


def test_a_dropped_connection_is_lost_and_its_program_gone(
    ssh_device: LoopbackDevice, wire: Proxy, reach: Connect
) -> None:
    """A connection that breaks during a program is lost, and the program ends."""
    connection = reach(ssh_device.spec(port=wire.port))
    command = Command(
        arguments=("sh", "-c", "echo begun; exec sleep 61.01"),
        seconds=60,
        on_line=lambda _: wire.drop(),
    )
    with pytest.raises(ConnectionLost, match="first"):
        connection.run(command)
    assert gone("61.01")


def test_a_stalled_connection_is_lost(
    ssh_device: LoopbackDevice, wire: Proxy, reach: Connect
) -> None:
    """A connection without data counts as lost, although it is open."""
    connection = reach(ssh_device.spec(port=wire.port, stall_seconds=2))
    command = Command(
        arguments=("sh", "-c", "echo begun; exec sleep 61.02"),
        seconds=60,
        on_line=lambda _: wire.stall(),
    )
    with pytest.raises(ConnectionLost, match="first: "):
        connection.run(command)
    wire.drop()  # as the device's own keepalive would, in the end
    assert gone("61.02")


@pytest.mark.parametrize("stall", [False, True], ids=["dropped", "stalled"])
def test_a_file_that_is_cut_off_is_lost(
    ssh_device: LoopbackDevice, wire: Proxy, reach: Connect, tmp_path: Path, stall: bool
) -> None:
    """A connection that breaks or stalls during a copy leaves no file."""
    source = tmp_path / "source"
    source.write_bytes(os.urandom(1 << 20))
    connection = reach(ssh_device.spec(port=wire.port, stall_seconds=2))
    wire.after(1 << 18, stall=stall)
    target = ssh_device.home / f"cut {stall}"
    with pytest.raises(ConnectionLost, match="first: "):
        connection.put(source, PurePosixPath(target))
    assert not target.exists()


def test_a_lost_connection_stays_lost(
    ssh_device: LoopbackDevice, wire: Proxy, reach: Connect
) -> None:
    """Whatever is asked of a connection that broke says that it is lost, and it closes."""
    connection = reach(ssh_device.spec(port=wire.port))
    held = connection.start_companion(("sh", "-c", "echo ready; cat"), 10)
    wire.drop()
    with pytest.raises(ConnectionLost):
        connection.run(Command(arguments=("true",), seconds=10))
    with pytest.raises(ConnectionLost):
        connection.put(Path(__file__), PurePosixPath(ssh_device.home / "late"))
    with pytest.raises(ConnectionLost):
        connection.start_companion(("sh", "-c", "echo ready; cat"), 10)
    with pytest.raises(ConnectionLost):
        held.close()


def test_a_device_that_loses_power_is_lost(own_ssh_device: LoopbackDevice, reach: Connect) -> None:
    """A server killed in the middle of a program is a lost connection."""
    connection = reach(own_ssh_device.spec())
    command = Command(
        arguments=("sh", "-c", "echo begun; exec sleep 61.03"),
        seconds=60,
        on_line=lambda _: own_ssh_device.kill(),
    )
    with pytest.raises(ConnectionLost):
        connection.run(command)
    assert gone("61.03")


def test_a_device_without_sftp_says_so(own_ssh_device: LoopbackDevice, reach: Connect) -> None:
    """It takes no files, which is no lost connection: programs still run."""
    own_ssh_device.kill()
    settings = own_ssh_device.folder / "sshd_config"
    text = settings.read_text(encoding="utf-8").replace("Subsystem", "# Subsystem")
    settings.write_text(text, encoding="utf-8")
    own_ssh_device.start()
    connection = reach(own_ssh_device.spec())
    with pytest.raises(HarnessError, match=r"own .*SFTP") as refused:
        connection.put(Path(__file__), PurePosixPath(own_ssh_device.home / "file"))
    assert not isinstance(refused.value, ConnectionLost)
    assert connection.run(Command(arguments=("true",), seconds=10)).returncode == 0
    connection.close()
    connection.close()  # twice is no fault


def test_nothing_is_logged(
    ssh_device: LoopbackDevice, reach: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """The library's own log says nothing at the level that programs show."""
    caplog.set_level(logging.WARNING)
    reach(ssh_device.spec()).run(Command(arguments=("true",), seconds=10))
    assert caplog.records == []


def test_certificates_stand_for_keys_on_both_sides(
    own_ssh_device: LoopbackDevice, tmp_path: Path, reach: Connect
) -> None:
    """A device that trusts an authority, and one that is trusted for it, need no key listed."""
    authority, mine = tmp_path / "authority", tmp_path / "mine"
    make_key(authority)
    make_key(mine)
    folder = own_ssh_device.folder
    sign = ["ssh-keygen", "-q", "-s", str(authority)]
    user = getpass.getuser()
    subprocess.run([*sign, "-I", "me", "-n", user, f"{mine}.pub"], check=True)
    host = ["-I", "device", "-h", "-n", "127.0.0.1", str(folder / "host_key.pub")]
    subprocess.run([*sign, *host], check=True)
    own_ssh_device.kill()
    with (folder / "sshd_config").open("a", encoding="utf-8") as settings:
        settings.write(f'TrustedUserCAKeys "{authority}.pub"\n')
        settings.write(f'HostCertificate "{folder}/host_key-cert.pub"\n')
    (folder / "authorized_keys").write_bytes(b"")
    own_ssh_device.start()
    public = (tmp_path / "authority.pub").read_text(encoding="ascii")
    known, config = tmp_path / "known_hosts", tmp_path / "config"
    known.write_text(
        f"@cert-authority [127.0.0.1]:{own_ssh_device.port} {public}", encoding="ascii"
    )
    config.write_text(f"IdentityFile {mine}\nIdentityAgent none\n", encoding="utf-8")
    connection = reach(own_ssh_device.spec(known_hosts=known, ssh_config=config))
    assert connection.run(Command(arguments=("true",), seconds=10)).returncode == 0


def test_server_keepalives_are_answered(own_ssh_device: LoopbackDevice, reach: Connect) -> None:
    """Its server closes a connection that does not answer for two seconds; ours does, unasked."""
    own_ssh_device.kill()
    with (own_ssh_device.folder / "sshd_config").open("a", encoding="utf-8") as settings:
        settings.write("ClientAliveInterval 1\nClientAliveCountMax 1\n")
    own_ssh_device.start()
    connection = reach(own_ssh_device.spec())
    time.sleep(4)
    assert connection.is_open
    assert connection.run(Command(arguments=("echo", "hi"), seconds=10)).output == b"hi\n"
