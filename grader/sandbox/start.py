"""Runs one of the programs of `grader.sandbox.child` in a child process and returns its message.

The child reads its input files and writes in a temporary folder, which is deleted afterwards. Its
answer is a stream of bytes, which the parent reads up to a limit. Two tiers: `bubblewrap` (no
network, read-only system, no other files of the machine) and `process` (a child with resource
limits only), which is enough to read a checkpoint with the restricted unpickler but not to run a
student's program.
"""

import enum
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import HarnessError
from grader.sandbox.bubblewrap import PACKAGE, bubblewrap_command, scratch
from grader.sandbox.cgroup import usable_tree
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.supervise import Outcome, launcher, supervise
from grader.text import sentence

# Programs that run a hand-in's own code. Their boxes have only these modules of the package.
_CHILD = PACKAGE / "sandbox" / "child"
_ALONE: Mapping[str, tuple[Path, ...]] = {
    "run_cells": (_CHILD / "run_cells.py", _CHILD / "message.py"),
    "run_binary": (_CHILD / "run_binary.py",),
}
_STARTED = b"started\n"  # written before any code of a hand-in runs, so no hand-in can remove it
_WRITE_STARTED = f"import os; os.write(1, {_STARTED!r})\n"
_RUN_MODULE = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); name = sys.argv.pop(1); "
    "runpy.run_module(name, run_name='__main__', alter_sys=True)"
)
NEEDS_ISOLATION = (
    "Install bubblewrap (on Debian and Ubuntu: apt install bubblewrap); where it is installed, "
    "`grader doctor` says what keeps it from working. Or accept the risk with --unsandboxed."
)


class Isolation(enum.StrEnum):
    """How a child is isolated from the machine."""

    BUBBLEWRAP = "bubblewrap"
    PROCESS = "process"
    UNSANDBOXED = "unsandboxed"  # as PROCESS, but the user allowed programs to run

    @property
    def runs_programs(self) -> bool:
        """True if native code from a hand-in may be started."""
        return self is not Isolation.PROCESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A program of `grader.sandbox.child`, the files it may read, and its settings (JSON values).

    The program's argv is one path per input, in order, then the settings as JSON.
    """

    program: str
    inputs: tuple[Path, ...]
    settings: Mapping[str, object]
    limits: SandboxLimits
    threads: int = 1


def best_isolation() -> Isolation:
    """Return the strongest tier that works on this machine."""
    return Isolation.PROCESS if bubblewrap_fault() else Isolation.BUBBLEWRAP


@functools.cache
def bubblewrap_fault() -> str | None:
    """Return why bubblewrap cannot be used here, None if it can.

    To find out, this Python is started in bubblewrap once.
    """
    if sys.platform != "linux":
        return "it exists for Linux only"
    if shutil.which("bwrap") is None:
        return "it is not installed"
    limits = SandboxLimits(wall_seconds=60, cpu_seconds=60)
    start = bubblewrap_command((), _environment(1, scratch()), limits)
    command = [*start, sys.executable, "-I", "-c", "import numpy"]
    try:
        tried = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"it does not start ({error})"
    if tried.returncode == 0:
        return None
    lines = tried.stderr.decode(errors="replace").strip().splitlines()
    return f"it does not work here ({lines[-1] if lines else f'exit code {tried.returncode}'})"


def run(child: Child, isolation: Isolation) -> Outcome:
    """Run `child` within its limits, then remove its processes and files.

    It starts in a temporary folder, where it may write. Raises `HarnessError` when the child cannot
    be started.
    """
    missing = next((path for path in child.inputs if not path.is_file()), None)
    if missing is not None:
        raise HarnessError(f"{missing.name} no longer exists, so it cannot be read.")
    try:
        in_bubblewrap = isolation is Isolation.BUBBLEWRAP
        outcome = _run_in_bubblewrap(child) if in_bubblewrap else _run_as_process(child)
    except OSError as error:
        raise HarnessError(f"The sandbox could not start: {sentence(error)}") from error
    if not outcome.message.startswith(_STARTED):
        raise HarnessError(f"The sandbox could not start: {outcome.error_line or outcome.ending}.")
    return replace(outcome, message=outcome.message[len(_STARTED) :])


def _run_in_bubblewrap(child: Child) -> Outcome:
    environment = _environment(child.threads, scratch())
    inside = launcher({"NPROC": child.limits.processes}) if _needs_rlimit_inside() else []
    paths = [f"/in/{number}" for number in range(len(child.inputs))]
    modules = _modules(child.program)
    start = bubblewrap_command(child.inputs, environment, child.limits, modules)
    return supervise([*start, *inside, *_program(child, paths)], child.limits, environment)


def _modules(program: str) -> tuple[Path, ...]:
    """The modules of the package that the box of `program` has; none for all of them."""
    if program not in _ALONE:
        return ()
    packages = [_CHILD, *(each for each in _CHILD.parents if each.is_relative_to(PACKAGE))]
    return (*(each / "__init__.py" for each in packages), _CHILD / "launch.py", *_ALONE[program])


def _run_as_process(child: Child) -> Outcome:
    # Beside its input, in the hand-in's own scratch folder, which is deleted after a kill too.
    beside = child.inputs[0].parent if child.inputs else None
    with tempfile.TemporaryDirectory(
        prefix="child-", dir=beside, ignore_cleanup_errors=True
    ) as folder:
        paths = [str(path.absolute()) for path in child.inputs]
        environment = _environment(child.threads, folder)
        return supervise(_program(child, paths), child.limits, environment, Path(folder))


def _program(child: Child, paths: Sequence[str]) -> list[str]:
    start = [
        sys.executable,
        "-I",
        "-c",
        _WRITE_STARTED + _RUN_MODULE,
        str(PACKAGE.parent),
    ]
    return [
        *start,
        f"grader.sandbox.child.{child.program}",
        *paths,
        json.dumps(dict(child.settings)),
    ]


def _needs_rlimit_inside() -> bool:
    """True if an rlimit inside bubblewrap must limit the processes: there is no control group.

    Since Linux 5.14 a user namespace counts its own processes. Before that, or outside of one, the
    user's other processes would count too. Root is never limited (setrlimit(2)).
    """
    release = tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2])
    return "pids" not in usable_tree().parents and release >= (5, 14)


def _environment(threads: int, folder: str) -> dict[str, str]:
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": str(threads),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if sys.platform == "win32":
        environment = {**os.environ, **environment}  # Python needs SYSTEMROOT to start there
    return environment
