"""The grading machine itself as a device."""

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

from grader.devices.capture import LOOK_SECONDS, Capture, Linger
from grader.devices.connection import Command, Ended, Full, supervised, within
from grader.devices.pool import DeviceSpec
from grader.errors import GraderError, HarnessError

PIECE = 1 << 16
GRACE_SECONDS = 10.0  # for what was told to end; it only has to clean up


class LocalConnection:
    """Runs programs here as another machine would: over pipes, and ended when those close."""

    def __init__(self, spec: DeviceSpec) -> None:
        if os.name != "posix":
            raise GraderError(
                "This machine is no device: it has no POSIX shell.",
                help="Grade on Linux or in WSL, or name a board: --device ssh://user@host.",
            )
        self.spec = spec
        self._held: list[LocalHeld] = []

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
        place = Path(remote)
        part = place.with_name(f".{secrets.token_hex(4)}.part")
        try:
            shutil.copyfile(local, part)
            part.chmod(0o700 if executable else 0o600)
            part.replace(place)
        except OSError as error:
            part.unlink(missing_ok=True)
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise Full(f"{self.spec.name} has no room for {remote}.") from error
            raise HarnessError(f"{self.spec.name} cannot take {remote}: {error}.") from error

    def hold(self, arguments: tuple[str, ...], seconds: float) -> "LocalHeld":
        """As `Connection.hold`."""
        held = LocalHeld(_start(within(self.spec, arguments)), seconds)
        self._held.append(held)
        return held

    def close(self) -> None:
        """As `Connection.close`."""
        while self._held:
            self._held.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class LocalHeld:
    """A program whose input is a pipe that we hold open."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process = process
        said = Capture(1 << 12)
        deadline = time.monotonic() + seconds
        try:
            while b"\n" not in said.kept:
                if not _some(process.stdout, deadline, said):
                    raise HarnessError("a program that was to run beside others did not start")
        except HarnessError:
            self.close()
            raise
        self.said = said.kept.partition(b"\n")[0].decode("utf-8", "replace")

    def close(self) -> None:
        """As `Held.close`."""
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
    """Read both streams to their ends; what to stop the program for, if anything."""
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
            for key, _ in selector.select(min(deadline - now, LOOK_SECONDS)):
                piece = os.read(key.fd, PIECE)
                linger.heard(time.monotonic())
                if not piece:
                    selector.unregister(key.fileobj)
                elif not key.data.add(piece):
                    return "output"
    return None


def _some(stream: IO[bytes] | None, deadline: float, capture: Capture) -> bool:
    """Wait for a piece of the stream; False if none came, or too much did."""
    assert stream
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            return False
    piece = os.read(stream.fileno(), PIECE)
    return bool(piece) and capture.add(piece)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close its streams, at which it ends by itself; its session is killed should it not."""
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream
        stream.close()  # the outputs, too: it may wait for room in one that nobody reads
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
