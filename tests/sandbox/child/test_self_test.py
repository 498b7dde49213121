"""What the doctor's child finds out where nothing holds it; test_diagnosis.py has it in a box."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox.child.self_test import ATTEMPTS, file, surroundings
from tests.places import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")


def tried(folder: Path, attempt: str, **settings: object) -> dict[str, Any]:
    """The message of a child that runs in `folder`."""
    told = json.dumps({"try": attempt, **settings})
    ran = subprocess.run(
        [sys.executable, "-m", "grader.sandbox.child.self_test", told],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_what_can_be_reached_is_told(tmp_path: Path) -> None:
    """A port that is open, this process, files that are there, folders to write in."""
    (tmp_path / "there").touch()
    settings = {
        "process": os.getpid(),
        "files": [str(tmp_path / "there"), str(tmp_path / "none")],
        "read_only": [str(tmp_path), str(tmp_path / "no-folder")],
    }
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = tried(tmp_path, "surroundings", port=port, **settings)
    assert found["network"] is True
    assert found["process"] is True
    assert found["files"] == [str(tmp_path / "there")]
    assert found["writable"] == [str(tmp_path)]
    assert isinstance(found["nested"], bool)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (ours,) = (line.split()[1] for line in status.splitlines() if line.startswith("CapEff"))
    assert found["nested"] or found["capabilities"] <= int(ours, 16)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_what_cannot_be_reached_is_told_too(tmp_path: Path) -> None:
    """Nobody listens, and there is no such process."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    gone = subprocess.run(["/bin/sh", "-c", "echo $$"], capture_output=True, check=True)
    settings = {"port": port, "process": int(gone.stdout), "files": [], "read_only": []}
    found = tried(tmp_path, "surroundings", **settings)
    assert (found["network"], found["process"]) == (False, False)
    assert (found["files"], found["writable"]) == ([], [])


def test_processes_and_memory_are_counted_and_given_back(tmp_path: Path) -> None:
    """All of them are there at the same time, and gone when it answers."""
    assert tried(tmp_path, "processes", count=3) == {"started": 3}
    assert tried(tmp_path, "memory", count=2, bytes=1 << 20) == {"held": 2}


def test_a_file_is_as_large_as_it_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a limit, whole; with one, up to it, and without a signal's death."""
    assert tried(tmp_path, "file", bytes=10_000) == {"written": 10_000}
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000)); "
        "from grader.sandbox.child.self_test import file; "
        "sys.stdout.write(str(file({'bytes': 10_000})['written']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", limited],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert ran.stdout == b"5000"
    monkeypatch.chdir(tmp_path)
    assert file({"bytes": 3}) == {"written": 3}


@pytest.mark.slow  # torch and the runtime are imported
def test_the_runtime_has_its_backend(tmp_path: Path) -> None:
    """The one that the grader's programs are made for."""
    found = tried(tmp_path, "runtime")
    assert "XnnpackBackend" in found["backends"]


def test_every_attempt_has_its_name() -> None:
    """The diagnosis asks for them by these."""
    names = {"surroundings", "processes", "memory", "processor", "file", "runtime"}
    assert ATTEMPTS.keys() == names
    assert ATTEMPTS["surroundings"] is surroundings
