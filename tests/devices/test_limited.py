"""What a hand-in's program may do on a device."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

from grader.devices.connection import Connection
from grader.devices.limited import Limited, Limits, run_limited
from grader.devices.workspace import Tree, open_workspace
from tests.devices.board import gone

pytestmark = pytest.mark.system

Run = Callable[..., Limited]


@pytest.fixture
def folder(either: Connection, tmp_path: Path) -> Iterator[PurePosixPath]:
    """A hand-in's folder with a test set of no images."""
    data = tmp_path / "empty"
    data.write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    with open_workspace(
        either, Tree(files={}, data=data, data_sha256=empty, data_place="data/none")
    ) as opened:
        yield opened


@pytest.fixture
def run(either: Connection, folder: PurePosixPath) -> Run:
    """Runs a script in that folder, within limits."""

    def start(script: str, **limits: object) -> Limited:
        wanted = {"seconds": 30.0, "cpu_seconds": 20} | limits
        return run_limited(either, folder, ("sh", "-c", script), Limits(**wanted))  # type: ignore[arg-type]

    return start


def test_its_output_and_errors_are_its_own(run: Run) -> None:
    """What says which limits hold is no part of the errors."""
    done = run("pwd; echo oops >&2; exit 5")
    assert (done.ended.returncode, done.ended.errors) == (5, b"oops\n")
    assert {"time", "processor-time", "file-size"} <= set(done.held)


def test_a_crash_is_told_as_the_shell_tells_it(run: Run) -> None:
    """Also where the program would be the first of its namespace, which nothing may kill."""
    assert run("kill -ABRT $$").ended.returncode == 128 + 6


def test_the_graders_environment_is_out_of_sight(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of ours is told: PATH, HOME, LANG, the hand-in's mark, and the pool's settings."""
    monkeypatch.setenv("GRADER_DB", "postgresql://ta:secret@db")
    names = {line.partition("=")[0] for line in run("env").ended.output.decode().splitlines()}
    assert names <= {"PATH", "HOME", "LANG", "EDGE_LAB_HAND_IN", "PWD", "SHLVL", "_", "OLDPWD"}


def test_processor_time_is_limited(run: Run) -> None:
    """A program that computes without end is killed by the device's kernel."""
    done = run("while :; do :; done", cpu_seconds=1)
    assert done.ended.stopped is None
    assert done.ended.returncode in {128 + 9, 128 + 24}


def test_the_clock_is_limited(run: Run) -> None:
    """A program that sleeps is stopped, and does not go on."""
    assert run("exec sleep 64.01", seconds=0.5).ended.stopped == "time"
    assert gone("64.01")


def test_the_size_of_files_is_limited(run: Run) -> None:
    """No file grows above the limit."""
    done = run("head -c 2000000 /dev/zero >file; wc -c <file", file_bytes=1 << 20)
    assert int(done.ended.output) == 1 << 20


def test_memory_is_limited(run: Run) -> None:
    """An address space above the limit is refused."""
    done = run("head -c 300000000 /dev/zero | tail -c 300000000 | wc -c", memory_bytes=100 << 20)
    assert "memory" in done.held
    assert int(done.ended.output) < 300_000_000


@pytest.mark.skipif(os.getuid() == 0, reason="root is above a limit on processes")
def test_processes_are_limited(run: Run) -> None:
    """Said to hold where the user is not root."""
    assert "processes" in run("true").held


def test_no_network_where_it_is_said_so(run: Run) -> None:
    """Its own network has no interface but loopback, if the device's user may make one."""
    done = run("cat /proc/net/dev")
    interfaces = [
        line.split(":")[0].strip() for line in done.ended.output.decode().splitlines()[2:]
    ]
    if "network" not in done.held:
        pytest.skip("this user may make no network namespace")
    assert interfaces == ["lo"]


def test_a_process_namespace_shows_its_own_only(run: Run) -> None:
    """Where it is said so, the first process is its own."""
    done = run("cat /proc/1/cmdline")
    if "process-namespace" not in done.held:
        pytest.skip("this user may make no process namespace")
    assert done.ended.output.startswith(b"sh\0-c\0")
