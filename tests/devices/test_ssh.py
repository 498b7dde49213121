"""Connections over SSH, to a real OpenSSH server."""

import getpass
import logging
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from grader.devices.connection import Command, Connection, Lost, Refused, Unreachable
from grader.devices.reach import connect
from grader.errors import HarnessError
from tests.devices.board import Board, fingerprint_of, gone, make_key
from tests.devices.fixtures import Connect
from tests.devices.proxy import Proxy

pytestmark = pytest.mark.system


def test_nothing_listens(board: Board) -> None:
    """A port that nobody listens on is an unreachable device, with its place."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Unreachable, match=rf"first .*\[127.0.0.1\]:{port}"):
        connect(board.spec(port=port))


def test_no_such_host(board: Board) -> None:
    """A name that nobody knows is an unreachable device."""
    with pytest.raises(Unreachable, match=r"no-such-board\.invalid"):
        connect(board.spec(address="ssh://pi@no-such-board.invalid"))


def test_a_host_that_never_answers(board: Board) -> None:
    """A server that takes the connection and says nothing is unreachable, after the stall."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        spec = board.spec(port=server.getsockname()[1], stall_seconds=0.5)
        with pytest.raises(Unreachable, match="first"):
            connect(spec)


def test_an_unknown_host_is_refused_with_its_fingerprint(board: Board, tmp_path: Path) -> None:
    """A key that nobody trusts yet is shown as ssh-keygen prints it, and what to do."""
    with pytest.raises(Refused, match=board.fingerprint) as refused:
        connect(board.spec(known_hosts=tmp_path / "none"))
    assert f"grader device trust {board.spec().address}" in (refused.value.help or "")


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_a_changed_host_key_is_refused_with_both(board: Board, tmp_path: Path, kind: str) -> None:
    """Another key than the trusted one is refused, of the same kind or not, and both are shown."""
    other = tmp_path / "other"
    command = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(other)]
    subprocess.run(command, check=True)
    public = other.with_suffix(".pub").read_text(encoding="ascii")
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{board.port} {public}", encoding="ascii")
    with pytest.raises(Refused, match="key") as refused:
        connect(board.spec(known_hosts=known))
    assert board.fingerprint in str(refused.value)
    assert fingerprint_of(other) in str(refused.value)


def test_a_configuration_cannot_turn_the_check_off(board: Board, tmp_path: Path) -> None:
    """`UserKnownHostsFile none` and `StrictHostKeyChecking no` let nobody in."""
    config = tmp_path / "config"
    config.write_text(
        f"UserKnownHostsFile none\nStrictHostKeyChecking no\nIdentityFile {board.key}\n",
        encoding="utf-8",
    )
    with pytest.raises(Refused, match=board.fingerprint):
        connect(board.spec(known_hosts=None, ssh_config=config))


def test_a_wrong_key_is_refused(board: Board, tmp_path: Path) -> None:
    """A key that the device does not know is refused, and passwords are never used."""
    make_key(tmp_path / "stranger")
    config = tmp_path / "config"
    config.write_text(
        f"IdentityFile {tmp_path / 'stranger'}\nIdentityAgent none\n", encoding="utf-8"
    )
    with pytest.raises(Refused, match="first") as refused:
        connect(board.spec(ssh_config=config))
    assert "ssh-copy-id" in (refused.value.help or "")


def test_a_wrong_user_is_refused(board: Board) -> None:
    """A user that the device does not have is refused by name."""
    with pytest.raises(Refused, match="nobody-here"):
        connect(board.spec(address=f"ssh://nobody-here@127.0.0.1:{board.port}"))


def test_no_password_is_ever_offered(own_board: Board) -> None:
    """A server that asks for passwords only is told nothing, and lets nobody in."""
    own_board.kill()
    settings = own_board.folder / "sshd_config"
    text = settings.read_text(encoding="utf-8").replace(
        "PasswordAuthentication no", "PasswordAuthentication yes\nPubkeyAuthentication no"
    )
    settings.write_text(text + "LogLevel DEBUG\n", encoding="utf-8")
    own_board.start()
    with pytest.raises(Refused, match="own"):
        connect(own_board.spec())
    log = (own_board.folder / "log").read_text(encoding="utf-8")
    assert "method none" in log
    assert "method password" not in log


@pytest.fixture
def agent(board: Board, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An agent that holds the board's key, and no other way in."""
    start, add = ["ssh-agent", "-s"], ["ssh-add", "-q", str(board.key)]
    started = subprocess.run(start, check=True, capture_output=True, text=True)
    said = dict(
        part.split("=", 1) for part in started.stdout.replace(";", "\n").split() if "=" in part
    )
    monkeypatch.setenv("SSH_AUTH_SOCK", said["SSH_AUTH_SOCK"])
    subprocess.run(add, check=True, capture_output=True)
    yield
    os.kill(int(said["SSH_AGENT_PID"]), signal.SIGTERM)


@pytest.mark.usefixtures("agent")
def test_an_agent_logs_in_and_stays_here(board: Board, tmp_path: Path, reach: Connect) -> None:
    """A key that only an agent holds logs in; the agent is never in the board's reach."""
    config = tmp_path / "config"
    config.write_text("ForwardAgent yes\nIdentityFile none\n", encoding="utf-8")
    connection = reach(board.spec(ssh_config=config))
    ended = connection.run(Command(arguments=("sh", "-c", "echo agent=$SSH_AUTH_SOCK"), seconds=10))
    assert ended.output == b"agent=\n"


def test_the_users_own_configuration_is_honoured(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reach: Connect
) -> None:
    """An alias in ~/.ssh/config brings host, port, user, key and known hosts."""
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".ssh"
    folder.mkdir(mode=0o700)
    (folder / "config").write_text(
        f"Host desk\n  HostName 127.0.0.1\n  Port {board.port}\n  User {getpass.getuser()}\n"
        f"  IdentityFile {board.key}\n  UserKnownHostsFile {board.known_hosts}\n",
        encoding="utf-8",
    )
    connection = reach(board.spec(address="ssh://desk", known_hosts=None, ssh_config=None))
    assert connection.run(Command(arguments=("echo", "hello"), seconds=10)).output == b"hello\n"


def test_a_jump_host_is_honoured(
    board: Board, second_board: Board, tmp_path: Path, reach: Connect
) -> None:
    """A device behind another is reached through it, each with its own key."""
    jump = f"{getpass.getuser()}@127.0.0.1:{second_board.port}"
    known = tmp_path / "known_hosts"
    known.write_bytes(board.known_hosts.read_bytes() + second_board.known_hosts.read_bytes())
    config = tmp_path / "config"
    config.write_text(
        f"Host inner\n  HostName 127.0.0.1\n  Port {board.port}\n  ProxyJump {jump}\n"
        f"Host *\n  IdentityFile {board.key}\n  IdentityFile {second_board.key}\n"
        f"  UserKnownHostsFile {known}\n",
        encoding="utf-8",
    )
    spec = board.spec(address="ssh://inner", known_hosts=None, ssh_config=config)
    script = ("sh", "-c", "echo $HOME")
    ended = reach(spec).run(Command(arguments=script, seconds=10))
    assert ended.output.decode().strip() == str(board.home)


def test_two_boards_have_homes_of_their_own(
    over_ssh: Connection, second_board: Board, reach: Connect
) -> None:
    """What the tests take for two boards shares no home folder."""
    script = Command(arguments=("sh", "-c", "echo $HOME"), seconds=10)
    second = reach(second_board.spec())
    assert over_ssh.run(script).output != second.run(script).output


def test_a_dropped_connection_is_lost_and_its_program_gone(
    board: Board, wire: Proxy, reach: Connect
) -> None:
    """A wire that breaks in the middle of a program says so, and the program ends."""
    connection = reach(board.spec(port=wire.port))
    command = Command(
        arguments=("sh", "-c", "echo begun; exec sleep 61.01"),
        seconds=60,
        on_line=lambda _: wire.drop(),
    )
    with pytest.raises(Lost, match="first"):
        connection.run(command)
    assert gone("61.01")


def test_a_stalled_connection_is_lost(board: Board, wire: Proxy, reach: Connect) -> None:
    """A wire on which nothing comes any more is given up, though it is open."""
    connection = reach(board.spec(port=wire.port, stall_seconds=2))
    command = Command(
        arguments=("sh", "-c", "echo begun; exec sleep 61.02"),
        seconds=60,
        on_line=lambda _: wire.stall(),
    )
    with pytest.raises(Lost, match="first: "):
        connection.run(command)
    wire.drop()  # as the board's own keepalive would, in the end
    assert gone("61.02")


@pytest.mark.parametrize("stall", [False, True], ids=["dropped", "stalled"])
def test_a_file_that_is_cut_off_is_lost(
    board: Board, wire: Proxy, reach: Connect, tmp_path: Path, stall: bool
) -> None:
    """A wire that breaks or stalls in the middle of a file leaves nothing under its name."""
    source = tmp_path / "source"
    source.write_bytes(os.urandom(1 << 20))
    connection = reach(board.spec(port=wire.port, stall_seconds=2))
    wire.after(1 << 18, stall=stall)
    target = board.home / f"cut {stall}"
    with pytest.raises(Lost, match="first: "):
        connection.put(source, PurePosixPath(target))
    assert not target.exists()


def test_a_lost_connection_stays_lost(board: Board, wire: Proxy, reach: Connect) -> None:
    """Whatever is asked of a connection that broke says that it is lost, and it closes."""
    connection = reach(board.spec(port=wire.port))
    held = connection.hold(("sh", "-c", "echo ready; cat"), 10)
    wire.drop()
    with pytest.raises(Lost):
        connection.run(Command(arguments=("true",), seconds=10))
    with pytest.raises(Lost):
        connection.put(Path(__file__), PurePosixPath(board.home / "late"))
    with pytest.raises(Lost):
        connection.hold(("sh", "-c", "echo ready; cat"), 10)
    with pytest.raises(Lost):
        held.close()


def test_a_board_that_loses_power_is_lost(own_board: Board, reach: Connect) -> None:
    """A server killed in the middle of a program is a lost connection."""
    connection = reach(own_board.spec())
    command = Command(
        arguments=("sh", "-c", "echo begun; exec sleep 61.03"),
        seconds=60,
        on_line=lambda _: own_board.kill(),
    )
    with pytest.raises(Lost):
        connection.run(command)
    assert gone("61.03")


def test_a_board_without_sftp_says_so(own_board: Board, reach: Connect) -> None:
    """It takes no files, which is no lost connection: programs still run."""
    own_board.kill()
    settings = own_board.folder / "sshd_config"
    text = settings.read_text(encoding="utf-8").replace("Subsystem", "# Subsystem")
    settings.write_text(text, encoding="utf-8")
    own_board.start()
    connection = reach(own_board.spec())
    with pytest.raises(HarnessError, match=r"own .*SFTP") as refused:
        connection.put(Path(__file__), PurePosixPath(own_board.home / "file"))
    assert not isinstance(refused.value, Lost)
    assert connection.run(Command(arguments=("true",), seconds=10)).returncode == 0
    connection.close()
    connection.close()  # twice is no fault


def test_no_word_of_a_connection_is_logged(
    board: Board, reach: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """The library's own log says nothing at the level that programs show."""
    caplog.set_level(logging.WARNING)
    reach(board.spec()).run(Command(arguments=("true",), seconds=10))
    assert caplog.records == []


def test_certificates_stand_for_keys_on_both_sides(
    own_board: Board, tmp_path: Path, reach: Connect
) -> None:
    """A board that trusts an authority, and one that is trusted for it, need no key listed."""
    authority, mine = tmp_path / "authority", tmp_path / "mine"
    make_key(authority)
    make_key(mine)
    folder = own_board.folder
    sign = ["ssh-keygen", "-q", "-s", str(authority)]
    user = getpass.getuser()
    subprocess.run([*sign, "-I", "me", "-n", user, f"{mine}.pub"], check=True)
    host = ["-I", "board", "-h", "-n", "127.0.0.1", str(folder / "host_key.pub")]
    subprocess.run([*sign, *host], check=True)
    own_board.kill()
    with (folder / "sshd_config").open("a", encoding="utf-8") as settings:
        settings.write(f'TrustedUserCAKeys "{authority}.pub"\n')
        settings.write(f'HostCertificate "{folder}/host_key-cert.pub"\n')
    (folder / "authorized_keys").write_bytes(b"")
    own_board.start()
    public = (tmp_path / "authority.pub").read_text(encoding="ascii")
    known, config = tmp_path / "known_hosts", tmp_path / "config"
    known.write_text(f"@cert-authority [127.0.0.1]:{own_board.port} {public}", encoding="ascii")
    config.write_text(f"IdentityFile {mine}\nIdentityAgent none\n", encoding="utf-8")
    connection = reach(own_board.spec(known_hosts=known, ssh_config=config))
    assert connection.run(Command(arguments=("true",), seconds=10)).returncode == 0


def test_a_board_that_looks_for_life_finds_it(own_board: Board, reach: Connect) -> None:
    """Its server closes a connection that does not answer for two seconds; ours does, unasked."""
    own_board.kill()
    with (own_board.folder / "sshd_config").open("a", encoding="utf-8") as settings:
        settings.write("ClientAliveInterval 1\nClientAliveCountMax 1\n")
    own_board.start()
    connection = reach(own_board.spec())
    time.sleep(4)
    assert connection.is_open
    assert connection.run(Command(arguments=("echo", "hi"), seconds=10)).output == b"hi\n"
