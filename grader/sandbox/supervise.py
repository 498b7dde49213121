"""Runs one command until it ends or reaches a limit, and keeps what it wrote."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.cgroup import Group, group
from grader.sandbox.descendants import usage
from grader.sandbox.limits import SandboxLimits
from grader.text import masked

STDERR_BYTES = 16_384
_LAUNCH = Path(__file__).resolve().with_name("child") / "launch.py"
_SECONDS_TO_READ_THE_REST = 2  # from a killed child's pipes
_SECONDS_BETWEEN_CHECKS = 0.2
TOO_LONG = "used more processor time than it may"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a child ended.

    `message` is its stdout, untrusted bytes; `stderr` is the end of its stderr. `stopped` says why
    the grader stopped it, None if it ended by itself; `overdue` is True if it reached its wall
    clock limit.
    """

    message: bytes
    stderr: str
    returncode: int
    stopped: str | None
    seconds: float
    overdue: bool = False

    @property
    def ended_well(self) -> bool:
        """True if the child ended by itself with exit code 0."""
        return self.returncode == 0 and self.stopped is None

    @property
    def killed_by(self) -> signal.Signals | None:
        """The signal that ended the child, None if none did."""
        # A shell's convention, which bubblewrap follows: 128 + N for a child killed by signal N.
        number = -self.returncode if self.returncode < 0 else self.returncode - 128
        known = {member.value for member in signal.Signals}
        return signal.Signals(number) if number in known else None

    @property
    def interrupted(self) -> bool:
        """True if this machine may be the cause of the end: out of memory, too busy, suspended.

        A child that loops reaches its processor time limit long before its wall clock limit.
        """
        killer = self.killed_by if self.stopped is None else None
        return self.overdue or (killer is not None and killer.name == "SIGKILL")

    @property
    def ending(self) -> str:
        """How it ended, a predicate to put after a subject: "crashed (SIGSEGV)"."""
        if self.stopped:
            return self.stopped
        killer = self.killed_by
        if killer is None:
            return f"ended with exit code {self.returncode}"
        if killer.name == "SIGXCPU":
            return TOO_LONG
        return f"crashed ({killer.name})"

    @property
    def error_line(self) -> str:
        """The last line of its stderr, printable, at most 200 characters: a Python error's text."""
        lines = self.stderr.strip().splitlines() or [""]
        return masked(lines[-1])[:200]


def supervise(
    command: Sequence[str],
    limits: SandboxLimits,
    environment: Mapping[str, str],
    folder: Path | None = None,
) -> Outcome:
    """Run `command` in `folder` within `limits`, then kill its whole process group.

    With control groups, processes that left the process group are killed too. Raises `OSError` when
    the command cannot be started.
    """
    started = time.monotonic()
    with group(limits) as own:
        process = subprocess.Popen(
            [*launcher(_rlimits(limits), own, os.getpid()), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
        overflowed = threading.Event()

        def only_the_first(kept: bytearray, seen: int) -> None:
            if seen > limits.message_bytes:
                del kept[limits.message_bytes :]
                overflowed.set()
                _kill(process)

        def only_the_last(kept: bytearray, seen: int) -> None:
            del kept[:-STDERR_BYTES]
            if seen > limits.stderr_bytes:
                _kill(process)

        message = _Reader(process.stdout, only_the_first)
        stderr = _Reader(process.stderr, only_the_last)
        try:
            overdue, stopped = _wait(process, limits, own)
        finally:
            _kill(process)
            process.wait()
        whole = message.finished() and stderr.finished()
        stopped = stopped or _excess(process, limits, own)
        if overflowed.is_set():
            stopped = f"answered with more than {limits.message_bytes} bytes"
        if stderr.seen > limits.stderr_bytes:
            stopped = f"printed more than {limits.stderr_bytes} bytes of messages"
        if stopped is None and not whole:
            stopped = "left a process behind"
    return Outcome(
        message=bytes(message.kept),
        stderr=stderr.kept.decode("utf-8", "replace"),
        returncode=process.returncode,
        stopped=stopped,
        seconds=time.monotonic() - started,
        overdue=overdue,
    )


def launcher(rlimits: Mapping[str, int], own: Group | None = None, parent: int = 0) -> list[str]:
    """Return the words to put before a command so that it starts in the group `own` with `rlimits`.

    The command does not start if `parent`, a process id, has ended; 0 turns this check off.
    """
    if sys.platform == "win32":  # Windows has no rlimits: only the wall clock stops a child there
        return []
    groups = list(map(str, own.distinct_folders)) if own else []
    settings = {"groups": groups, "rlimits": dict(rlimits), "parent": parent}
    return [sys.executable, "-I", "-S", str(_LAUNCH), json.dumps(settings)]


def _rlimits(limits: SandboxLimits) -> dict[str, int]:
    rlimits = {
        "AS": limits.memory_bytes,
        "CPU": limits.cpu_seconds,
        "NOFILE": limits.open_files,
        "FSIZE": limits.file_bytes,
        "CORE": 0,
    }
    if sys.platform == "darwin":
        del rlimits["AS"]  # macOS refuses to set it
    return rlimits


def _wait(
    process: subprocess.Popen[bytes], limits: SandboxLimits, own: Group
) -> tuple[bool, str | None]:
    """Wait for the end. Return whether the wall clock ran out, and why to stop the child, if so."""
    deadline = time.monotonic() + limits.wall_seconds
    while (left := deadline - time.monotonic()) > 0:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=min(left, _SECONDS_BETWEEN_CHECKS))
            return False, None
        if excess := _excess(process, limits, own):
            return False, excess
    return True, f"did not finish within {limits.wall_seconds:g} s"


def _excess(process: subprocess.Popen[bytes], limits: SandboxLimits, own: Group) -> str | None:
    """Return the limit that the child and its descendants together exceed, None if they do not.

    It is a predicate, as in `Outcome.ending`.
    """
    if own.ran_out_of_memory:
        return f"used more than {limits.total_bytes >> 20:,} MiB of memory"
    seconds, crowded = own.processor_seconds, own.refused_a_process
    if process.returncode is None and (seconds is None or "pids" not in own.folders):
        used = usage(process.pid)
        seconds = used.seconds if seconds is None else seconds
        crowded = crowded or used.tasks >= limits.processes
    if crowded:
        return f"ran more than {limits.processes:,} processes at a time"
    # The rlimit stops a single process at the exact second; starting it has taken some time too.
    return TOO_LONG if (seconds or 0) > limits.cpu_seconds + 1 else None


class _Reader:
    """Reads a pipe to its end in a thread, so that the child never waits for the grader.

    After every read, `trim` gets all bytes kept so far, which it may shorten, and the number of
    bytes `seen` in all.
    """

    def __init__(self, pipe: object, trim: Callable[[bytearray, int], None]) -> None:
        assert isinstance(pipe, io.BufferedReader)
        self.kept = bytearray()
        self.seen = 0
        self._thread = threading.Thread(target=self._read, args=(pipe, trim), daemon=True)
        self._thread.start()

    def _read(self, pipe: io.BufferedReader, trim: Callable[[bytearray, int], None]) -> None:
        with pipe:
            while block := pipe.read1(65_536):
                self.kept += block
                self.seen += len(block)
                trim(self.kept, self.seen)

    def finished(self) -> bool:
        """Wait for the pipe's end; False if a process still holds it open."""
        self._thread.join(timeout=_SECONDS_TO_READ_THE_REST)
        return not self._thread.is_alive()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    # The process group is the child's own session, so daemons in it are killed too. macOS returns
    # EPERM if only zombies are left in it.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
