import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.review import peer
from grader.review.peer import is_of_another_user
from tests.review.test_connections import Running, running

__all__ = ["running"]

ANOTHER = 65_534  # nobody
ASK = (
    "import encodings.idna, os, sys; from http.client import HTTPConnection; "
    "os.setuid(int(sys.argv[2])); "
    "connection = HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=10); "
    "connection.request('POST', '/', b'hello'); print(connection.getresponse().read())"
)


def asked_by(uid: int, port: int) -> subprocess.CompletedProcess[bytes]:
    """The end of a program that sends one request as the user `uid`."""
    command = [sys.executable, "-I", "-c", ASK, str(port), str(uid)]
    return subprocess.run(command, capture_output=True, check=False, timeout=30)


@pytest.mark.skipif(sys.platform != "linux", reason="the table of sockets is Linux's")
def test_another_user_gets_no_answer(running: Running) -> None:
    """Whatever it knows: its connection is closed. The same program of ours is answered."""
    assert b"hello" in asked_by(os.geteuid(), running.port).stdout
    if os.geteuid() != 0:
        pytest.skip("only root can start a program of another user")
    refused = asked_by(ANOTHER, running.port)
    assert refused.stdout == b""
    assert b"Remote" in refused.stderr or b"Reset" in refused.stderr
    assert running.asked() == b"hello"


def test_a_system_without_a_table_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """There the secret alone decides."""
    monkeypatch.setattr(peer, "TABLES", ("/no/such/table",))
    assert not is_of_another_user(("127.0.0.1", 1), ("127.0.0.1", 2))


def test_the_line_of_the_connection_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the line of its other end, nor that of another connection."""
    us, port = os.geteuid(), 40_000
    line = "   {}: 0100007F:{:04X} 0100007F:{:04X} 01 0:0 00:0 0 {} 0 1 1 0"
    lines = [line.format(0, 8000, port, us), line.format(1, port, 8000, us + 1)]
    table = tmp_path / "tcp"
    table.write_text("\n".join(["  sl  local_address rem_address", *lines]), encoding="ascii")
    monkeypatch.setattr(peer, "TABLES", (str(table),))
    assert is_of_another_user(("127.0.0.1", port), ("127.0.0.1", 8000))
    assert not is_of_another_user(("127.0.0.1", 8000), ("127.0.0.1", port))
    assert not is_of_another_user(("127.0.0.1", port), ("127.0.0.1", 8001))
