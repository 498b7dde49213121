"""The grading machine as a device."""

import errno
import os
import secrets
import selectors
import shutil
import signal
import subprocess
import time
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Literal, Self

from grader.devices.capture import POLL_SECONDS, Capture, Linger
from grader.devices.connection import Command, DeviceFull, Ended, supervised, with_environment
from grader.devices.pool import DeviceSpec
from grader.errors import GraderError, HarnessError
from grader.text import sentence

CHUNK_BYTES = 1 << 16
GRACE_SECONDS = 10.0  # for a program that was told to end, to clean up


class LocalConnection:
    """Runs programs on this machine, over pipes; a program ends when its pipes close."""

    def __init__(self, spec: DeviceSpec) -> None:
        if os.name != "posix":
            raise GraderError(
                "This machine cannot be a device: it has no POSIX shell.",
                help="Grade on Linux or in WSL, or name a device: --device ssh://user@host.",
            )
        self.spec = spec
        self._companions: list[LocalCompanion] = []

    @property
    def is_open(self) -> bool:
        """As `Connection.is_open`."""
        return True

    def run(self, command: Command) -> Ended:
        """As `Connection.run`."""
        started = time.monotonic()
        output = Capture(command.output_bytes, command.on_line)
        errors = Capture(command.output_bytes)
        with _start(supervised(self.spec, command)) as process:
            try:
                stopped = _collect(process, (output, errors), started + command.seconds)
            finally:
                _end(process)
        return Ended(
            returncode=None if stopped else process.returncode,
            output=output.kept,
            errors=errors.kept,
            seconds=time.monotonic() - started,
            stopped=stopped,
        )

    def put(self, local: Path, remote: PurePosixPath, *, executable: bool = False) -> None:
        """As `Connection.put`."""
        target = Path(remote)
        part = target.with_name(f".{secrets.token_hex(4)}.part")
        try:
            shutil.copyfile(local, part)
            part.chmod(0o700 if executable else 0o600)
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise DeviceFull(f"{self.spec.name} has no disk space for {remote}.") from error
            raise HarnessError(
                f"{self.spec.name} cannot store {remote}: {sentence(error)}"
            ) from error

    def start_companion(self, arguments: tuple[str, ...], seconds: float) -> "LocalCompanion":
        """As `Connection.start_companion`."""
        companion = LocalCompanion(_start(with_environment(self.spec, arguments)), seconds)
        self._companions.append(companion)
        return companion

    def close(self) -> None:
        """As `Connection.close`."""
        while self._companions:
            self._companions.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class LocalCompanion:
    """A program whose stdin is a pipe that stays open until `close`."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process = process
        first_line = Capture(1 << 12)
        deadline = time.monotonic() + seconds
        try:
            while b"\n" not in first_line.kept:
                if not _some(process.stdout, deadline, first_line):
                    raise HarnessError("a companion program did not start")
        except HarnessError:
            self.close()
            raise
        self.first_line = first_line.kept.partition(b"\n")[0].decode("utf-8", "replace")

    def close(self) -> None:
        """As `Companion.close`."""
        with self._process:
            _end(self._process)


def _start(arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _collect(
    process: subprocess.Popen[bytes], captures: tuple[Capture, Capture], deadline: float
) -> Literal["time", "output"] | None:
    """Read both streams to their ends; return the exceeded limit, if any."""
    assert process.stdout
    assert process.stderr
    linger = Linger()
    with selectors.DefaultSelector() as selector:
        for stream, capture in zip((process.stdout, process.stderr), captures, strict=True):
            selector.register(stream, selectors.EVENT_READ, capture)
        while selector.get_map():
            now = time.monotonic()
            if now >= deadline:
                return "time"
            if linger.is_over(now, ended=process.poll() is not None):
                return None
            for key, _ in selector.select(min(deadline - now, POLL_SECONDS)):
                chunk = os.read(key.fd, CHUNK_BYTES)
                linger.heard(time.monotonic())
                if not chunk:
                    selector.unregister(key.fileobj)
                elif not key.data.add(chunk):
                    return "output"
    return None


def _some(stream: IO[bytes] | None, deadline: float, capture: Capture) -> bool:
    """Wait for a chunk of the stream; return False if none arrived, or too much did."""
    assert stream
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            return False
    chunk = os.read(stream.fileno(), CHUNK_BYTES)
    return bool(chunk) and capture.add(chunk)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close its streams, which ends it; kill its session if it does not end."""
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream
        stream.close()  # stdout and stderr too: it may be blocked on a full pipe that nobody reads
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
