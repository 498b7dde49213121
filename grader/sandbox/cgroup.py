"""Control groups: one for each child. They limit all its processes together; rlimits cannot.

Linux has two versions. In version 1 every controller has its own tree; in version 2 one tree has
all controllers. In version 2 a group that holds processes may not pass its controllers to a group
below it, so a child's group is made beside the grader's own group. (Linux:
Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst.)
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

from grader.sandbox.limits import SandboxLimits

CONTROLLERS = ("pids", "memory", "cpuacct")
_SECOND = ""  # /proc/self/cgroup gives version 2's tree this name
_SECONDS_TO_END = 5
_NEARLY_BYTES = 1 << 20  # the allocation that failed is not in the highest use
_numbers = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The parent group for new groups, for each controller that this process can use."""

    version: int
    parents: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One child's group: a folder for each controller; in version 2 all are the same folder."""

    version: int
    folders: Mapping[str, Path]

    @property
    def distinct_folders(self) -> tuple[Path, ...]:
        """The group's folders, each once."""
        return tuple(dict.fromkeys(self.folders.values()))

    @property
    def refused_a_process(self) -> bool:
        """True if a process or a thread could not start because the group was full."""
        return self._entry("pids", "pids.events", "max") > 0

    @property
    def ran_out_of_memory(self) -> bool:
        """True if a process in the group was killed because of the group's own memory limit."""
        if self.version == 2:
            killed = self._entry("memory", "memory.events", "oom_kill")
            return killed > 0 and self._entry("memory", "memory.events", "oom") > 0
        killed = self._entry("memory", "memory.oom_control", "oom_kill")
        return killed > 0 and (self._was_full("memory.") or self._was_full("memory.memsw."))

    @property
    def processor_seconds(self) -> float | None:
        """The processor time, in seconds, of all processes ever in the group; None if unknown."""
        if "cpuacct" not in self.folders:
            return None
        if self.version == 2:
            return self._entry("cpuacct", "cpu.stat", "usage_usec") / 1e6
        return self._number("cpuacct", "cpuacct.usage") / 1e9

    def _was_full(self, kind: str) -> bool:
        # From the highest use: Linux 6.18 counts failures (failcnt) in the topmost group only.
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
def group(limits: SandboxLimits, tree: Tree | None = None) -> Iterator[Group]:
    """A new group with these limits, which a child can join; its processes are killed at the end.

    The group is made in `tree`, by default `usable_tree()`. Raises `OSError` if it cannot be made.
    """
    tree = usable_tree() if tree is None else tree
    if not tree.parents:
        yield Group(version=tree.version, folders={})
        return
    name = f"{_prefix()}-{os.getpid()}-{next(_numbers)}"
    folders = {controller: parent / name for controller, parent in tree.parents.items()}
    made = Group(version=tree.version, folders=folders)
    try:
        for folder in made.distinct_folders:
            folder.mkdir()
        for path, value in _settings(made, limits):
            path.write_text(str(value), encoding="ascii")
        yield made
    finally:
        end(made.distinct_folders)


def _settings(made: Group, limits: SandboxLimits) -> Iterator[tuple[Path, int]]:
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
    for name, value in optional.items():  # kernels without swap accounting lack some of these files
        if (memory / name).exists():
            yield memory / name, value


def end(folders: Iterable[Path]) -> None:
    """Kill all processes in the groups at `folders`, and remove the groups."""
    for folder in folders:
        with contextlib.suppress(OSError):  # so that no process forks while they are killed
            (folder / "pids.max").write_text("0", encoding="ascii")
    deadline = time.monotonic() + _SECONDS_TO_END
    left = [folder for folder in folders if not _removed(folder)]
    while left and time.monotonic() < deadline:
        for folder in left:
            _kill_all(folder)
        time.sleep(0.01)
        left = [folder for folder in left if not _removed(folder)]


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:  # a process in it has not ended yet
        return False
    return True


def _kill_all(folder: Path) -> None:
    with contextlib.suppress(OSError):  # another grader removed the group first
        for pid in map(int, (folder / "cgroup.procs").read_text(encoding="ascii").split()):
            if pid > 0:  # 0 is a process outside our namespace, and to kill() our own group
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)


@functools.cache
def usable_tree() -> Tree:
    """Return the controllers that this process can use for a child; each is tried once.

    This also removes the groups that killed graders left.
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
        if _passes_controllers_on(parent, is_own=parent == own[_SECOND]) and _works(tree):
            return tree
    return Tree(version=0)


def own_folders(mountinfo: str, cgroup: str) -> dict[str, Path]:
    """Return the folder of this process's own group, by controller; "" is version 2's tree.

    Takes the text of /proc/self/mountinfo and of /proc/self/cgroup (proc_pid_mountinfo(5),
    cgroups(7)).
    """
    mounts: dict[str, tuple[str, str]] = {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        kind, *_, options = after.split()
        top, mounted_at = before.split()[3:5]
        if kind == "cgroup2":
            mounts[_SECOND] = top, mounted_at
        elif kind == "cgroup":
            mounts.update(dict.fromkeys(options.split(","), (top, mounted_at)))
    found = {}
    for line in cgroup.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            top, mounted_at = mounts.get(controller, ("", ""))
            # A container may see only a part of the tree, without its own group.
            if mounted_at and PurePosixPath(path).is_relative_to(top):
                found[controller] = Path(mounted_at, PurePosixPath(path).relative_to(top))
    return found


def _passes_controllers_on(parent: Path, *, is_own: bool) -> bool:
    control = parent / "cgroup.subtree_control"
    if is_own:  # Linux allows this in the topmost group only, which may hold processes
        with contextlib.suppress(OSError):
            control.write_text("+pids +memory", encoding="ascii")
    try:
        return {"pids", "memory"} <= set(control.read_text(encoding="ascii").split())
    except OSError:
        return False


def _works(tree: Tree) -> bool:
    """True if a process can join a group in `tree`."""
    limits = SandboxLimits(wall_seconds=1, cpu_seconds=1)
    try:
        for parent in set(tree.parents.values()):
            _sweep(parent)
        with group(limits, tree) as tried:
            return all(
                # The shell adds itself: 0 is the process that writes.
                subprocess.run(
                    ["/bin/sh", "-c", 'echo 0 >"$1/cgroup.procs"', "sh", str(folder)],
                    stderr=subprocess.DEVNULL,
                    check=False,
                ).returncode
                == 0
                for folder in tried.distinct_folders
            )
    except OSError:
        return False


def _sweep(parent: Path) -> None:
    """Remove the groups of graders that no longer run."""
    for folder in parent.glob(f"{_prefix()}-*"):
        pid = folder.name.split("-")[-2]
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            end([folder])
        except PermissionError:
            continue


def _prefix() -> str:
    """The prefix of the groups' names: a process id is unique in its own namespace only."""
    return f"grader-{Path('/proc/self/ns/pid').stat().st_ino}"
