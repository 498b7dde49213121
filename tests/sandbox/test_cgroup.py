"""Control groups: found, made, read and removed."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.sandbox.cgroup import Group, Tree, group, own_folders, usable_tree
from tests.sandbox.tiers import LIMITS, needs_groups

MIB = 1 << 20

# /proc/self/mountinfo and /proc/self/cgroup of a Debian with version 2, of a machine with both,
# and of a container that is shown its own part of the tree.
SECOND = (
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate",
    "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-1.scope",
)
BOTH = (
    "33 32 0:30 / /sys/fs/cgroup/pids rw shared:9 - cgroup cgroup rw,pids\n"
    "34 32 0:31 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "35 32 0:32 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
    "8:pids:/session\n1:cpu,cpuacct:/\n0::/",
)
CONTAINER = (
    "33 32 0:30 /docker/ab /sys/fs/cgroup/pids ro - cgroup cgroup ro,pids\n"
    "34 32 0:31 /docker/cd /sys/fs/cgroup/memory ro - cgroup cgroup ro,memory",
    "8:pids:/docker/ab/deeper\n4:memory:/docker/other",
)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            SECOND,
            {"": "user.slice/user-1000.slice/user@1000.service/app.slice/run-1.scope"},
        ),
        (
            BOTH,
            {"pids": "pids/session", "cpu": "cpu,cpuacct", "cpuacct": "cpu,cpuacct", "": "unified"},
        ),
        (CONTAINER, {"pids": "pids/deeper"}),
        (("", ""), {}),
    ],
)
def test_own_folders_are_found(texts: tuple[str, str], expected: Mapping[str, str]) -> None:
    """Each controller's folder is the mount's place and the way from its top to our own group."""
    found = own_folders(*texts)
    assert found == {name: Path("/sys/fs/cgroup", path) for name, path in expected.items()}


def fake(folder: Path, version: int, files: Mapping[str, str]) -> Group:
    """A group whose files say what `files` say."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="ascii")
    return Group(version=version, folders=dict.fromkeys(("pids", "memory", "cpuacct"), folder))


FIRST_FULL = {"memory.limit_in_bytes": f"{100 * MIB}", "memory.max_usage_in_bytes": f"{100 * MIB}"}
FIRST_HALF = {"memory.limit_in_bytes": f"{100 * MIB}", "memory.max_usage_in_bytes": f"{50 * MIB}"}


@pytest.mark.parametrize(
    ("version", "files", "own"),
    [
        (1, {"memory.oom_control": "under_oom 0\noom_kill 1\n", **FIRST_FULL}, True),
        (1, {"memory.oom_control": "under_oom 0\noom_kill 1\n", **FIRST_HALF}, False),
        (1, {"memory.oom_control": "under_oom 0\noom_kill 0\n", **FIRST_FULL}, False),
        (2, {"memory.events": "max 9\noom 1\noom_kill 1\n"}, True),
        (2, {"memory.events": "max 0\noom 0\noom_kill 1\n"}, False),
        (2, {"memory.events": "max 9\noom 0\noom_kill 0\n"}, False),
    ],
)
def test_a_full_group_is_told_from_a_full_machine(
    tmp_path: Path, version: int, files: Mapping[str, str], own: bool
) -> None:
    """A kill is the hand-in's doing if its own limit was met, the machine's if memory was out."""
    assert fake(tmp_path, version, files).ran_out_of_memory is own


@pytest.mark.parametrize(
    ("version", "files"),
    [(1, {"cpuacct.usage": "1500000000\n"}), (2, {"cpu.stat": "usage_usec 1500000\nuser_usec 1"})],
)
def test_processor_time_is_read(tmp_path: Path, version: int, files: Mapping[str, str]) -> None:
    """Nanoseconds in the first version, microseconds in the second."""
    assert fake(tmp_path, version, files).processor_seconds == 1.5


def test_without_a_tree_there_is_a_group_that_knows_nothing() -> None:
    """Without control groups nothing is limited, read or removed."""
    with group(LIMITS, Tree(version=0)) as nothing:
        assert nothing.distinct_folders == ()
        assert nothing.processor_seconds is None
        assert not nothing.refused_a_process
        assert not nothing.ran_out_of_memory


@needs_groups
def test_group_has_the_limits_and_goes() -> None:
    """Its folders are there for as long as the child is, with the limits in them."""
    with group(LIMITS) as made:
        assert all(place.is_dir() for place in made.distinct_folders)
        assert int((made.folders["pids"] / "pids.max").read_text()) == LIMITS.processes
        name = {1: "memory.limit_in_bytes", 2: "memory.max"}[made.version]
        assert int((made.folders["memory"] / name).read_text()) == LIMITS.total_bytes
    assert not any(place.exists() for place in made.distinct_folders)


@needs_groups
def test_whatever_is_left_in_a_group_is_killed() -> None:
    """A process in it does not outlive it."""
    with group(LIMITS) as made:
        process = sleeper(made.distinct_folders)
    assert process.wait(timeout=10) == -9


@needs_groups
def test_many_groups_at_a_time_do_not_meet() -> None:
    """Every child has its own, however many are started at once."""

    def name(_: int) -> tuple[Path, ...]:
        with group(LIMITS) as made:
            return made.distinct_folders

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(name, range(32)))
    assert len(set(made)) == 32


@pytest.fixture
def left_behind() -> Iterator[tuple[Path, ...]]:
    """A group with the name of a grader that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass
    with group(LIMITS) as ours:
        names = {place.name for place in ours.distinct_folders}
    name = names.pop().replace(f"-{os.getpid()}-", f"-{dead.pid}-")
    places = tuple({parent / name for parent in usable_tree().parents.values()})
    for place in places:
        place.mkdir()
    yield places
    for place in places:
        if place.exists():
            place.rmdir()


@needs_groups
def test_groups_of_killed_graders_are_removed(left_behind: tuple[Path, ...]) -> None:
    """The next grader ends what is in them; those of graders that live stay."""
    process = sleeper(left_behind)
    with group(LIMITS) as living:
        usable_tree.__wrapped__()
        assert all(place.exists() for place in living.distinct_folders)
    assert not any(place.exists() for place in left_behind)
    assert process.wait(timeout=10) == -9


def sleeper(places: tuple[Path, ...]) -> subprocess.Popen[bytes]:
    """A process in the groups at `places`."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    for place in places:
        (place / "cgroup.procs").write_text(str(process.pid), encoding="ascii")
    return process
