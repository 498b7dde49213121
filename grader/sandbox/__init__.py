"""Starts one of the sandbox's own programs in a disposable child and takes its message back.

The child gets files to read, and to write in a folder that is thrown away: its one answer is a
stream of bytes, read up to a limit by the parent. Two tiers: `bubblewrap` (no network, read-only
system, nothing else of the machine in sight) and `process` (a child with limits), which is enough
to read a checkpoint with the restricted unpickler but not to run a student's program.
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
from grader.sandbox.bubblewrap import PACKAGE, box, in_sight
from grader.sandbox.cgroup import usable_tree
from grader.sandbox.limits import Limits
from grader.sandbox.supervise import Outcome, launcher, supervise

__all__ = [
    "NEEDS_ISOLATION",
    "Child",
    "Isolation",
    "Limits",
    "Outcome",
    "best_isolation",
    "bubblewrap_fault",
    "in_sight",
    "run",
    "usable_tree",
]

_STARTED = b"started\n"  # before anything of a hand-in's runs, so no hand-in can unsay it
_SAY_SO = f"import os; os.write(1, {_STARTED!r})\n"
_START = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); name = sys.argv.pop(1); "
    "runpy.run_module(name, run_name='__main__', alter_sys=True)"
)
NEEDS_ISOLATION = (
    "Install bubblewrap (on Debian and Ubuntu: apt install bubblewrap), or accept the risk with "
    "--unsandboxed."
)


class Isolation(enum.StrEnum):
    """What stands between a child and the machine."""

    BUBBLEWRAP = "bubblewrap"
    PROCESS = "process"
    UNSANDBOXED = "unsandboxed"  # as PROCESS, and the user said that programs may run all the same

    @property
    def runs_programs(self) -> bool:
        """Whether native code from a hand-in may be started."""
        return self is not Isolation.PROCESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A program of `grader.sandbox.child`, the files it may read, and its settings (JSON values).

    The program's argv is one path per input, in order, and last the settings.
    """

    program: str
    inputs: tuple[Path, ...]
    settings: Mapping[str, object]
    limits: Limits
    threads: int = 1


def best_isolation() -> Isolation:
    """The strongest tier that works on this machine."""
    return Isolation.PROCESS if bubblewrap_fault() else Isolation.BUBBLEWRAP


@functools.cache
def bubblewrap_fault() -> str | None:
    """Why bubblewrap cannot be used here, if so; found by starting this Python in it once."""
    if sys.platform != "linux":
        return "it is for Linux only"
    if shutil.which("bwrap") is None:
        return "it is not installed"
    limits = Limits(wall_seconds=60, cpu_seconds=60)
    start = box((), _environment(1, "/tmp"), limits)  # noqa: S108 - inside the box
    command = [*start, sys.executable, "-I", "-c", "import numpy"]
    try:
        tried = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"it does not start ({error})"
    if tried.returncode == 0:
        return None
    words = tried.stderr.decode(errors="replace").strip().splitlines()
    return f"it does not work here ({words[-1] if words else f'exit code {tried.returncode}'})"


def run(child: Child, isolation: Isolation) -> Outcome:
    """Start `child`, wait for it within its limits, and leave no process or file of it behind.

    It starts in a folder of its own, where it may write. Raises `HarnessError` when it cannot even
    be started.
    """
    missing = next((path for path in child.inputs if not path.is_file()), None)
    if missing is not None:
        raise HarnessError(f"{missing.name} is gone, so nothing can read it.")
    try:
        boxed = isolation is Isolation.BUBBLEWRAP
        outcome = _run_boxed(child) if boxed else _run_in_the_open(child)
    except OSError as error:
        raise HarnessError(f"The sandbox could not start: {error}.") from error
    if not outcome.message.startswith(_STARTED):
        raise HarnessError(f"The sandbox could not start: {outcome.last_words or outcome.story}.")
    return replace(outcome, message=outcome.message[len(_STARTED) :])


def _run_boxed(child: Child) -> Outcome:
    environment = _environment(child.threads, "/tmp")  # noqa: S108 - inside the box
    inside = launcher({"NPROC": child.limits.processes}) if _counts_in_the_box() else []
    places = [f"/in/{number}" for number in range(len(child.inputs))]
    command = [*box(child.inputs, environment, child.limits), *inside, *_program(child, places)]
    return supervise(command, child.limits, environment)


def _run_in_the_open(child: Child) -> Outcome:
    # Beside its input, in the hand-in's own scratch folder, which goes after a kill as well.
    beside = child.inputs[0].parent if child.inputs else None
    with tempfile.TemporaryDirectory(
        prefix="child-", dir=beside, ignore_cleanup_errors=True
    ) as folder:
        places = [str(path.absolute()) for path in child.inputs]
        environment = _environment(child.threads, folder)
        return supervise(_program(child, places), child.limits, environment, Path(folder))


def _program(child: Child, places: Sequence[str]) -> list[str]:
    start = [sys.executable, "-I", "-c", _SAY_SO + _START, str(PACKAGE.parent)]
    return [
        *start,
        f"grader.sandbox.child.{child.program}",
        *places,
        json.dumps(dict(child.settings)),
    ]


def _counts_in_the_box() -> bool:
    """Whether processes are to be limited by an rlimit, set in the box for want of a group.

    Since Linux 5.14 a user namespace counts its own; before, and outside, those that the same user
    runs elsewhere would count too. It never holds for root (setrlimit(2)).
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
