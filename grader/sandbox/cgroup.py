"""Control groups: one for each child, for the limits that no rlimit sets on all its processes.

Linux has two versions. In the first every controller has a tree of its own, in the second one tree
has them all. There a group that holds processes may not hand its controllers on, so that a child's
group is made beside the grader's own and not below it. (Linux: Documentation/admin-guide/cgroup-v1
and cgroup-v2.rst.)
"""

import contextlib
import functools
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.sandbox.limits import Limits

CONTROLLERS = ("pids", "memory", "cpuacct")
_SECOND = ""  # what /proc/self/cgroup calls the second version's one tree
_SECONDS_TO_END = 5
_NEARLY_BYTES = 1 << 20  # what is asked for last is not added
_numbers = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Where this process may make groups: for each controller it can use, the group above them."""

    version: int
    parents: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One child's group: a folder for each controller, which in version 2 are one and the same."""

    version: int
    folders: Mapping[str, Path]

    @property
    def places(self) -> tuple[Path, ...]:
        """Its folders, each once."""
        return tuple(dict.fromkeys(self.folders.values()))

    @property
    def refused_a_process(self) -> bool:
        """Whether it was full when something in it wanted to start a process or a thread."""
        return self._entry("pids", "pids.events", "max") > 0

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether something in it was killed because the group, not the machine, was full."""
        if self.version == 2:
            killed = self._entry("memory", "memory.events", "oom_kill")
            return killed > 0 and self._entry("memory", "memory.events", "oom") > 0
        killed = self._entry("memory", "memory.oom_control", "oom_kill")
        return killed > 0 and (self._was_full("memory.") or self._was_full("memory.memsw."))

    @property
    def processor_seconds(self) -> float | None:
        """What everything that ever was in it has used; None where nobody counts."""
        if "cpuacct" not in self.folders:
            return None
        if self.version == 2:
            return self._entry("cpuacct", "cpu.stat", "usage_usec") / 1e6
        return self._number("cpuacct", "cpuacct.usage") / 1e9

    def _was_full(self, kind: str) -> bool:
        # By the highest use: Linux 6.18 counts no failures (failcnt) below the topmost group.
        most = self._number("memory", f"{kind}max_usage_in_bytes")
        return most + _NEARLY_BYTES >= self._number("memory", f"{kind}limit_in_bytes") > 0

    def _entry(self, controller: str, name: str, key: str) -> int:
        lines = (line.split() for line in self._read(controller, name).splitlines())
        return next((int(value) for found, value in lines if found == key), 0)

    def _number(self, controller: str, name: str) -> int:
        return int(self._read(controller, name) or 0)

    def _read(self, controller: str, name: str) -> str:
        path = self.folders.get(controller, Path()) / name
        return path.read_text(encoding="ascii") if path.is_file() else ""


@contextlib.contextmanager
def group(limits: Limits, tree: Tree | None = None) -> Iterator[Group]:
    """A new group within `limits`, for a child to join; at the end whatever is in it is killed.

    Without `tree`, in `usable_tree()`. Raises `OSError` if the group cannot be made.
    """
    tree = usable_tree() if tree is None else tree
    if not tree.parents:
        yield Group(version=tree.version, folders={})
        return
    name = f"{_family()}-{os.getpid()}-{next(_numbers)}"
    folders = {controller: parent / name for controller, parent in tree.parents.items()}
    made = Group(version=tree.version, folders=folders)
    try:
        for place in made.places:
            place.mkdir()
        for path, value in _settings(made, limits):
            path.write_text(str(value), encoding="ascii")
        yield made
    finally:
        end(made.places)


def _settings(made: Group, limits: Limits) -> Iterator[tuple[Path, int]]:
    if "pids" in made.folders:
        yield made.folders["pids"] / "pids.max", limits.processes
    if "memory" not in made.folders:
        return
    memory = made.folders["memory"]
    if made.version == 2:
        yield memory / "memory.max", limits.total_bytes
        optional = {"memory.swap.max": 0, "memory.oom.group": 1}
    else:
        yield memory / "memory.limit_in_bytes", limits.total_bytes
        optional = {"memory.memsw.limit_in_bytes": limits.total_bytes}
    for name, value in optional.items():  # kernels without swap accounting lack some of these
        if (memory / name).exists():
            yield memory / name, value


def end(places: Iterable[Path]) -> None:
    """Kill whatever is in the groups at `places`, and remove them."""
    for place in places:
        with contextlib.suppress(OSError):  # so that no fork outruns the killing
            (place / "pids.max").write_text("0", encoding="ascii")
    deadline = time.monotonic() + _SECONDS_TO_END
    left = [place for place in places if not _removed(place)]
    while left and time.monotonic() < deadline:
        for place in left:
            _kill_all(place)
        time.sleep(0.01)
        left = [place for place in left if not _removed(place)]


def _removed(place: Path) -> bool:
    try:
        place.rmdir()
    except FileNotFoundError:
        return True
    except OSError:  # something in it is not quite gone
        return False
    return True


def _kill_all(place: Path) -> None:
    with contextlib.suppress(OSError):  # another grader's sweep was quicker
        for pid in map(int, (place / "cgroup.procs").read_text(encoding="ascii").split()):
            if pid > 0:  # 0 stands for a process out of our sight, and to kill() for ourselves
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)


@functools.cache
def usable_tree() -> Tree:
    """The controllers that this process can put children under, found by trying each once.

    Groups that graders left behind when they were killed are removed on the way.
    """
    if sys.platform != "linux":
        return Tree(version=0)
    own = own_folders(
        Path("/proc/self/mountinfo").read_text(encoding="utf-8"),
        Path("/proc/self/cgroup").read_text(encoding="utf-8"),
    )
    parents = {
        controller: own[controller]
        for controller in CONTROLLERS
        if controller in own and _works(Tree(version=1, parents={controller: own[controller]}))
    }
    if parents:
        return Tree(version=1, parents=parents)
    for parent in (own[_SECOND], own[_SECOND].parent) if _SECOND in own else ():
        tree = Tree(version=2, parents=dict.fromkeys(CONTROLLERS, parent))
        if _hands_controllers_on(parent, is_own=parent == own[_SECOND]) and _works(tree):
            return tree
    return Tree(version=0)


def own_folders(mountinfo: str, cgroup: str) -> dict[str, Path]:
    """The folder of this process's own group for each controller, "" for version 2's tree.

    Takes the text of /proc/self/mountinfo and of /proc/self/cgroup (proc_pid_mountinfo(5),
    cgroups(7)).
    """
    mounts: dict[str, tuple[str, str]] = {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        kind, *_, options = after.split()
        top, place = before.split()[3:5]
        if kind == "cgroup2":
            mounts[_SECOND] = top, place
        elif kind == "cgroup":
            mounts.update(dict.fromkeys(options.split(","), (top, place)))
    found = {}
    for line in cgroup.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            top, place = mounts.get(controller, ("", ""))
            # A container may be shown a part of the tree in which its own group is not.
            if place and PurePosixPath(path).is_relative_to(top):
                found[controller] = Path(place, PurePosixPath(path).relative_to(top))
    return found


def _hands_controllers_on(parent: Path, *, is_own: bool) -> bool:
    control = parent / "cgroup.subtree_control"
    if is_own:  # allowed to the machine's topmost group only, which may hold processes
        with contextlib.suppress(OSError):
            control.write_text("+pids +memory", encoding="ascii")
    try:
        return {"pids", "memory"} <= set(control.read_text(encoding="ascii").split())
    except OSError:
        return False


def _works(tree: Tree) -> bool:
    """Whether a process can really join a group in `tree`."""
    limits = Limits(wall_seconds=1, cpu_seconds=1)
    try:
        for parent in set(tree.parents.values()):
            _sweep(parent)
        with group(limits, tree) as tried:
            return all(
                # The shell writes itself there: 0 is whoever is writing.
                subprocess.run(
                    ["/bin/sh", "-c", 'echo 0 >"$1/cgroup.procs"', "sh", str(place)],
                    stderr=subprocess.DEVNULL,
                    check=False,
                ).returncode
                == 0
                for place in tried.places
            )
    except OSError:
        return False


def _sweep(parent: Path) -> None:
    """Remove the groups of graders that are no more."""
    for place in parent.glob(f"{_family()}-*"):
        pid = place.name.split("-")[-2]
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            end([place])
        except PermissionError:
            continue


def _family() -> str:
    """What the names of groups begin with; a process id means something in its namespace only."""
    return f"grader-{Path('/proc/self/ns/pid').stat().st_ino}"
