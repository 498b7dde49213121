"""Starts one of the sandbox's own programs in a disposable child and takes its message back.

The child gets files to read and nothing to write to: its one answer is a stream of bytes, read up
to a limit by the parent. Two tiers: `bubblewrap` (no network, read-only system, nothing else of the
machine in sight) and `process` (a child with resource limits), which is enough to read a checkpoint
with the restricted unpickler but not to run a student's program.
"""

import enum
import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import HarnessError
from grader.sandbox.bubblewrap import PACKAGE, box
from grader.sandbox.supervise import Limits, Outcome, supervise

__all__ = [
    "Child",
    "Isolation",
    "Limits",
    "Outcome",
    "best_isolation",
    "bubblewrap_fault",
    "run",
]

_START = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); name = sys.argv.pop(1); "
    "runpy.run_module(name, run_name='__main__', alter_sys=True)"
)
_STARTERS = ("bwrap: ", "launch: ")  # what these say of themselves is no word of the child


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
    """A program of `grader.sandbox`, the files it may read, and its settings (JSON values).

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
        return "it is not installed (Debian, Ubuntu: apt install bubblewrap)"
    command = [*box((), _environment(1)), sys.executable, "-I", "-c", "import numpy"]
    try:
        tried = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"it does not start ({error})"
    if tried.returncode == 0:
        return None
    words = tried.stderr.decode(errors="replace").strip().splitlines()
    return f"it does not work here ({words[-1] if words else f'exit code {tried.returncode}'})"


def run(child: Child, isolation: Isolation) -> Outcome:
    """Start `child`, wait for it within its limits, and leave no process of it behind.

    Raises `HarnessError` when the child cannot even be started.
    """
    missing = next((path for path in child.inputs if not path.is_file()), None)
    if missing is not None:
        raise HarnessError(f"{missing.name} is gone, so nothing can read it.")
    environment = _environment(child.threads)
    boxed = isolation is Isolation.BUBBLEWRAP
    places = [f"/in/{number}" if boxed else str(path) for number, path in enumerate(child.inputs)]
    program = [sys.executable, "-I", "-c", _START, str(PACKAGE.parent)]
    program += [f"grader.sandbox.{child.program}", *places, json.dumps(dict(child.settings))]
    if boxed:
        program = [*box(child.inputs, environment), *program]
    try:
        outcome = supervise(program, child.limits, environment)
    except OSError as error:
        raise HarnessError(f"The sandbox could not start: {error}.") from error
    if not outcome.ended_well and outcome.noise.startswith(_STARTERS):
        raise HarnessError(f"The sandbox could not start: {outcome.last_words}.")
    return outcome


def _environment(threads: int) -> dict[str, str]:
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp",  # noqa: S108 - inside the sandbox
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": str(threads),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if sys.platform == "win32":
        environment = {**os.environ, **environment}  # Python needs SYSTEMROOT to start there
    return environment
