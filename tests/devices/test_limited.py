"""The limits of a handed-in program on a device."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

from grader.devices.connection import Command, Connection
from grader.devices.limited import DeviceLimits, LimitedRun, run_limited
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from grader.devices.workspace import Tree, open_workspace
from tests.devices.loopback_device import gone

pytestmark = pytest.mark.system

Run = Callable[..., LimitedRun]
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture
def folder(either: Connection, tmp_path: Path) -> Iterator[PurePosixPath]:
    """A hand-in's folder with a test set of no images."""
    data = tmp_path / "empty"
    data.write_bytes(b"")
    with open_workspace(
        either, Tree(files={}, data=data, data_sha256=EMPTY, data_path="data/none")
    ) as opened:
        yield opened


@pytest.fixture
def run(either: Connection, folder: PurePosixPath) -> Run:
    """Runs a script in that folder, within limits."""

    def start(script: str, **limits: object) -> LimitedRun:
        wanted = {"seconds": 30.0, "cpu_seconds": 20} | limits
        return run_limited(either, folder, ("sh", "-c", script), DeviceLimits(**wanted))  # type: ignore[arg-type]

    return start


def test_its_output_and_errors_are_its_own(run: Run) -> None:
    """The line with the limits in force is removed from stderr."""
    done = run("pwd; echo oops >&2; exit 5")
    assert (done.ended.returncode, done.ended.errors) == (5, b"oops\n")
    assert {"time", "processor-time", "file-size"} <= set(done.held)


def test_a_crash_is_told_as_the_shell_tells_it(run: Run) -> None:
    """Also in a process namespace, whose first process ignores signals."""
    assert run("kill -ABRT $$").ended.returncode == 128 + 6


def test_the_graders_environment_is_out_of_sight(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of ours is told: PATH, HOME, LANG, the hand-in's mark, and the pool's settings."""
    monkeypatch.setenv("GRADER_DB", "postgresql://ta:secret@db")
    names = {line.partition("=")[0] for line in run("env").ended.output.decode().splitlines()}
    given = {"PATH", "HOME", "LANG", "EDGE_LAB_HAND_IN", "PYTHONDONTWRITEBYTECODE"}
    assert names <= given | {"PWD", "SHLVL", "_", "OLDPWD"}


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


def home_of(connection: Connection) -> Path:
    """The device's home folder."""
    told = connection.run(Command(arguments=("sh", "-c", "echo $HOME"), seconds=10))
    return Path(told.output.decode().strip())


def test_its_home_is_its_folder(run: Run, folder: PurePosixPath) -> None:
    """Files that it writes there are removed with the hand-in."""
    done = run("echo mine >~/.bashrc; cd; pwd; ls -A")
    assert done.ended.output.decode().split() == [str(folder), ".bashrc", "data"]


def test_the_devices_home_cannot_be_written(run: Run, either: Connection) -> None:
    """Not even with mounts: if `home` is in force, no file is moved or changed."""
    home = home_of(either)
    before = sorted(home.iterdir())
    done = run(
        f"cd '{home}'; umount -l .; mount -o remount,bind,rw .; mount -t tmpfs none .; cd ~;"
        f"echo forged >'{home}/.bashrc'; mv \"$PWD\" '{home}/kept'; mv \"$PWD\" ../kept; echo end"
    )
    if "home" not in done.held:
        pytest.skip("this user may make no namespace of processes and mounts")
    assert done.ended.output == b"end\n"
    assert done.changed == ()
    assert sorted(home.iterdir()) == before
    assert not list(home.glob(".cache/edge-lab-grader/hand-ins/kept"))


@pytest.fixture
def exposed(tmp_path: Path) -> Iterator[Connection]:
    """A device, which is this machine, whose user may make no namespaces."""
    home = tmp_path / "exposed home"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "unshare").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (home / "bin" / "unshare").chmod(0o755)
    (home / ".bashrc").touch()
    path = f"{home / 'bin'}:{os.environ['PATH']}"
    with connect(DeviceSpec(name="pi", environment={"HOME": str(home), "PATH": path})) as made:
        yield made


def test_what_appeared_in_the_home_is_named(exposed: Connection, tmp_path: Path) -> None:
    """Without namespaces, changed files are listed, even if their time was set back."""
    home = home_of(exposed)
    data = tmp_path / "empty"
    data.write_bytes(b"")
    tree = Tree(files={}, data=data, data_sha256=EMPTY, data_path="data/none")
    script = f"echo forged >'{home}/.bashrc'; touch -d 2001-01-01 '{home}/.bashrc'; touch ~/mine"
    with open_workspace(exposed, tree) as folder:
        quiet = run_limited(exposed, folder, ("true",), DeviceLimits(seconds=30.0, cpu_seconds=20))
        done = run_limited(
            exposed, folder, ("sh", "-c", script), DeviceLimits(seconds=30, cpu_seconds=9)
        )
    assert (quiet.changed, "home" in quiet.held) == ((), False)
    assert done.changed == (str(home / ".bashrc"),)


def test_a_script_runs_on_the_pools_python(tmp_path: Path) -> None:
    """The one that has the wheel, though the system's would come first."""
    (tmp_path / "edge" / "bin").mkdir(parents=True)
    python = tmp_path / "edge" / "bin" / "python3"
    python.write_text("#!/bin/sh\necho the right one\n", encoding="utf-8")
    python.chmod(0o755)
    spec = DeviceSpec(
        name="pi", python=str(python.with_name("python")), environment={"HOME": str(tmp_path)}
    )
    data = tmp_path / "empty"
    data.write_bytes(b"")
    tree = Tree(files={}, data=data, data_sha256=EMPTY, data_path="data/none")
    with connect(spec) as connection, open_workspace(connection, tree) as folder:
        limits = DeviceLimits(seconds=30, cpu_seconds=20)
        done = run_limited(connection, folder, ("/usr/bin/env", "python3"), limits)
    assert done.ended.output == b"the right one\n"
