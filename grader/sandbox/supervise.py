"""Runs one command to its end or its limits, and keeps what it wrote."""

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

NOISE_BYTES = 16_384
_LAUNCH = Path(__file__).resolve().with_name("launch.py")
_LAST_WORDS_SECONDS = 2  # until the pipes of a killed child have been read to their end


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where a child is stopped. `memory_bytes` is address space; torch alone maps 3 GB of it."""

    wall_seconds: float
    cpu_seconds: int
    memory_bytes: int = 6 << 30
    message_bytes: int = 256 << 20
    open_files: int = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a child ended. `message` is hostile bytes; `noise` the end of its stderr."""

    message: bytes
    noise: str
    returncode: int
    stopped: str | None
    seconds: float
    overdue: bool = False

    @property
    def ended_well(self) -> bool:
        """Whether the child finished by itself and said so; its noise does not count."""
        return self.returncode == 0 and self.stopped is None

    @property
    def killed_by(self) -> signal.Signals | None:
        """The signal that ended the child, if one did."""
        # A shell's convention, which bubblewrap follows: 128 + N for a child killed by signal N.
        number = -self.returncode if self.returncode < 0 else self.returncode - 128
        known = {member.value for member in signal.Signals}
        return signal.Signals(number) if number in known else None

    @property
    def cut_short(self) -> bool:
        """Whether this machine may be why it ended: out of memory, too busy, put to sleep.

        A child that loops is stopped by its processor time, long before the wall clock.
        """
        killer = self.killed_by if self.stopped is None else None
        return self.overdue or (killer is not None and killer.name == "SIGKILL")

    @property
    def story(self) -> str:
        """How it ended, as the rest of a sentence: "crashed (SIGSEGV)"."""
        if self.stopped:
            return self.stopped
        killer = self.killed_by
        if killer is None:
            return f"ended with exit code {self.returncode}"
        if killer.name == "SIGXCPU":
            return "used more processor time than it may"
        return f"crashed ({killer.name})"

    @property
    def last_words(self) -> str:
        """The last line of its noise, printable and short: what a Python program died of."""
        lines = self.noise.strip().splitlines() or [""]
        return "".join(letter if letter.isprintable() else "?" for letter in lines[-1])[:200]


def supervise(command: Sequence[str], limits: Limits, environment: Mapping[str, str]) -> Outcome:
    """Run `command` within `limits`; its whole process group is gone afterwards.

    Raises `OSError` when it cannot be started.
    """
    started = time.monotonic()
    process = subprocess.Popen(
        [*_launcher(limits), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment),
        start_new_session=True,
    )
    overflowed = threading.Event()

    def only_the_first(kept: bytearray) -> None:
        if len(kept) > limits.message_bytes:
            del kept[limits.message_bytes :]
            overflowed.set()
            _kill(process)

    def only_the_last(kept: bytearray) -> None:
        del kept[:-NOISE_BYTES]

    message = _Reader(process.stdout, only_the_first)
    noise = _Reader(process.stderr, only_the_last)
    stopped, overdue = None, False
    try:
        process.wait(timeout=limits.wall_seconds)
    except subprocess.TimeoutExpired:
        stopped, overdue = f"did not finish within {limits.wall_seconds:g} s", True
    finally:
        _kill(process)
        process.wait()
    if not (message.finished() and noise.finished()):
        stopped = "left a process behind"
    if overflowed.is_set():
        stopped = f"answered with more than {limits.message_bytes} bytes"
    return Outcome(
        message=bytes(message.kept),
        noise=noise.kept.decode("utf-8", "replace"),
        returncode=process.returncode,
        stopped=stopped,
        seconds=time.monotonic() - started,
        overdue=overdue,
    )


def _launcher(limits: Limits) -> list[str]:
    if sys.platform == "win32":  # Windows has no rlimits: the wall clock alone stops a child there
        return []
    rlimits = {
        "AS": limits.memory_bytes,
        "CPU": limits.cpu_seconds,
        "NOFILE": limits.open_files,
        "FSIZE": 64 << 20,
        "CORE": 0,
    }
    if sys.platform == "darwin":
        del rlimits["AS"]  # macOS refuses to set it
    return [sys.executable, "-I", "-S", str(_LAUNCH), json.dumps(rlimits)]


class _Reader:
    """Reads a pipe to its end in a thread, so that the child never waits for us.

    `trim` is given what was read after every read, and cuts it to what is to be kept.
    """

    def __init__(self, pipe: object, trim: Callable[[bytearray], None]) -> None:
        assert isinstance(pipe, io.BufferedReader)
        self.kept = bytearray()
        self._thread = threading.Thread(target=self._read, args=(pipe, trim), daemon=True)
        self._thread.start()

    def _read(self, pipe: io.BufferedReader, trim: Callable[[bytearray], None]) -> None:
        with pipe:
            while block := pipe.read1(65_536):
                self.kept += block
                trim(self.kept)

    def finished(self) -> bool:
        """Wait for the pipe's end; False while something still holds it open."""
        self._thread.join(timeout=_LAST_WORDS_SECONDS)
        return not self._thread.is_alive()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    # The group is the child's own session: daemons it left behind in it go too. macOS answers
    # EPERM where only the dead are left in it.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
