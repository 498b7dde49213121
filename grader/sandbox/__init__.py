"""Starts one of the sandbox's own programs in a disposable child and takes its message back.

The child gets files to read and nothing to write to: its one answer is a stream of bytes, read up
to a limit by the parent. Two tiers: `bubblewrap` (no network, read-only system, nothing else of the
machine in sight) and `process` (a child with resource limits), which is enough to read a checkpoint
with the restricted unpickler but not to run a student's program.
"""

import contextlib
import enum
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from grader.errors import HarnessError

PACKAGE = Path(__file__).resolve().parent.parent
_START = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); name = sys.argv.pop(1); "
    "runpy.run_module(name, run_name='__main__', alter_sys=True)"
)
NOISE_BYTES = 16_384


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
class Limits:
    """Where a child is stopped. `memory_bytes` is address space; torch alone maps 3 GB of it."""

    wall_seconds: float
    cpu_seconds: int
    memory_bytes: int = 6 << 30
    message_bytes: int = 256 << 20
    open_files: int = 256


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a child ended. `message` is hostile bytes; `noise` the end of its stderr."""

    message: bytes
    noise: str
    returncode: int
    stopped: str | None
    seconds: float

    @property
    def ended_well(self) -> bool:
        """Whether the child finished by itself and said so; its noise does not count."""
        return self.returncode == 0 and self.stopped is None

    @property
    def story(self) -> str:
        """How it ended, as the rest of a sentence: "crashed (SIGSEGV)"."""
        if self.stopped:
            return self.stopped
        # A shell's convention, which bubblewrap follows: 128 + N for a child killed by signal N.
        number = -self.returncode if self.returncode < 0 else self.returncode - 128
        if number in {signal.SIGKILL, signal.SIGXCPU}:
            return "used more processor time or memory than it may"
        if number in {member.value for member in signal.Signals}:
            return f"crashed ({signal.Signals(number).name})"
        return f"ended with exit code {self.returncode}"


@functools.cache
def best_isolation() -> Isolation:
    """The strongest tier that works on this machine, found by trying it once."""
    if sys.platform != "linux" or shutil.which("bwrap") is None:
        return Isolation.PROCESS
    tried = subprocess.run(
        [*_bubblewrap(()), "/bin/true"], capture_output=True, timeout=20, check=False
    )
    return Isolation.BUBBLEWRAP if tried.returncode == 0 else Isolation.PROCESS


def run(child: Child, isolation: Isolation) -> Outcome:
    """Start `child`, wait for it within its limits, and leave no process of it behind.

    Raises `HarnessError` when the child cannot even be started.
    """
    boxed = isolation is Isolation.BUBBLEWRAP
    places = [f"/in/{number}" if boxed else str(path) for number, path in enumerate(child.inputs)]
    program = [sys.executable, "-I", "-c", _START, str(PACKAGE.parent)]
    program += [f"grader.sandbox.{child.program}", *places, json.dumps(dict(child.settings))]
    command = [*(_bubblewrap(child.inputs, child.threads) if boxed else []), *program]
    try:
        return _supervise([*_launcher(child.limits), *command], child)
    except OSError as error:
        raise HarnessError(f"The sandbox could not start: {error}.") from error


def _launcher(limits: Limits) -> list[str]:
    if sys.platform == "win32":  # Windows has no rlimits: the wall clock alone stops a child there
        return []
    launch = str(PACKAGE / "sandbox" / "launch.py")
    rlimits = {
        "AS": limits.memory_bytes,
        "CPU": limits.cpu_seconds,
        "NOFILE": limits.open_files,
        "FSIZE": 64 << 20,
        "CORE": 0,
    }
    return [sys.executable, "-I", "-S", launch, json.dumps(rlimits)]


def _bubblewrap(inputs: tuple[Path, ...], threads: int = 1) -> list[str]:
    """The bwrap command: the system and this Python read-only, the inputs, and nothing else."""
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    command += ["--clearenv", "--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev"]
    command += ["--size", str(256 << 20), "--tmpfs", "/tmp", "--chdir", "/tmp"]  # noqa: S108 - inside
    for name in ("usr", "lib", "lib64", "bin", "sbin"):
        place = Path("/", name)
        if place.is_symlink():
            command += ["--symlink", str(place.readlink()), str(place)]
        elif place.exists():
            command += ["--ro-bind", str(place), str(place)]
    for place in dict.fromkeys([Path(sys.base_prefix), Path(sys.prefix), PACKAGE]):
        if not place.is_relative_to("/usr"):
            command += ["--ro-bind", str(place), str(place)]
    cpu = "/sys/devices/system/cpu"  # XNNPACK counts the cores there
    command += ["--ro-bind-try", cpu, cpu]
    for name, value in _environment(threads).items():
        command += ["--setenv", name, value]
    for number, path in enumerate(inputs):
        command += ["--ro-bind", str(path.resolve()), f"/in/{number}"]
    return command


def _environment(threads: int) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp",  # noqa: S108 - inside the sandbox
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": str(threads),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _supervise(command: list[str], child: Child) -> Outcome:
    """Run `command` to its end or its limits; its whole process group is gone afterwards."""
    started = time.monotonic()
    environment = _environment(child.threads)
    if sys.platform == "win32":
        environment = {**os.environ, **environment}  # Python needs SYSTEMROOT to start there
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    message = _Reader(process.stdout, child.limits.message_bytes, lambda: _kill(process))
    noise = _Reader(process.stderr, NOISE_BYTES, None)
    stopped = None
    try:
        process.wait(timeout=child.limits.wall_seconds)
    except subprocess.TimeoutExpired:
        stopped = f"did not finish within {child.limits.wall_seconds:.0f} s"
    finally:
        _kill(process)
        process.wait()
    if message.finish():
        stopped = f"answered with more than {child.limits.message_bytes} bytes"
    noise.finish()
    return Outcome(
        message=bytes(message.kept),
        noise=noise.kept.decode("utf-8", "replace"),
        returncode=process.returncode,
        stopped=stopped,
        seconds=time.monotonic() - started,
    )


class _Reader:
    """Keeps the first `limit` bytes of a pipe, and reads on so that the child is not blocked.

    `at_limit`, if any, is called once when there is more.
    """

    def __init__(self, pipe: IO[bytes], limit: int, at_limit: Callable[[], None] | None) -> None:
        self.kept = bytearray()
        self._over = False
        self._thread = threading.Thread(
            target=self._read, args=(pipe, limit, at_limit), daemon=True
        )
        self._thread.start()

    def _read(self, pipe: IO[bytes], limit: int, at_limit: Callable[[], None] | None) -> None:
        while block := pipe.read(65_536):
            self.kept += block[: limit - len(self.kept)]
            if len(self.kept) == limit and not self._over:
                self._over = True
                if at_limit:
                    at_limit()

    def finish(self) -> bool:
        """Wait for the pipe's end; True if there was more than the limit."""
        self._thread.join(timeout=5)
        return self._over


def _kill(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    # The group is the child's own session: daemons it left behind in it go too.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
