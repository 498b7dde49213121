"""A device over SSH, by asyncssh: one call at a time, and every wait has a limit.

A connection that broke, or that brought no data for the device's `stall_seconds`, raises
`ConnectionLost`.
"""

import asyncio
import secrets
import shlex
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import asyncssh

from grader.devices.background import Background
from grader.devices.capture import POLL_SECONDS, Capture, Linger
from grader.devices.connection import (
    Command,
    ConnectionLost,
    DeviceFull,
    Ended,
    supervised,
    with_environment,
)
from grader.devices.login import log_in
from grader.devices.pool import DeviceSpec
from grader.errors import HarnessError
from grader.text import sentence

CHUNK_BYTES = 1 << 16

Process = asyncssh.SSHClientProcess[bytes]
T = TypeVar("T")


class SshConnection:
    """One connection, open until `close`; each program has its own channel."""

    def __init__(self, spec: DeviceSpec) -> None:
        """Connect. Raises `Unreachable`, `Refused` and `GraderError`."""
        self.spec = spec
        self._closed_already = False
        self._sftp: asyncssh.SFTPClient | None = None
        self._background = Background()  # it answers keepalives while we do other work
        try:
            self._connection = self._background.run(log_in(spec))
        except BaseException:
            self._background.close()
            raise

    @property
    def is_open(self) -> bool:
        """As `Connection.is_open`."""
        return not self._connection.is_closed()

    def run(self, command: Command) -> Ended:
        """As `Connection.run`."""
        started = time.monotonic()
        output = Capture(command.output_bytes, command.on_line)
        errors = Capture(command.output_bytes)
        code, stopped = self.wait_for(self._run(command, output, errors))
        if code is None and not stopped:
            raise ConnectionLost(f"{self.spec.name}: the connection broke during a program")
        return Ended(
            returncode=None if stopped else code,
            output=output.kept,
            errors=errors.kept,
            seconds=time.monotonic() - started,
            stopped=stopped,
        )

    def put(self, local: Path, remote: PurePosixPath, *, executable: bool = False) -> None:
        """As `Connection.put`."""
        self.wait_for(self._put(local, remote, 0o700 if executable else 0o600))

    def start_companion(self, arguments: tuple[str, ...], seconds: float) -> "SshCompanion":
        """As `Connection.start_companion`."""
        process, first_line = self.wait_for(self._start_companion(arguments, seconds))
        return SshCompanion(self, process, first_line)

    def close(self) -> None:
        """As `Connection.close`."""
        if not self._closed_already:
            self._closed_already = True
            self._background.run(self._close())
            self._background.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` and return its result; raise `ConnectionLost` if the connection is gone."""
        with _loss(self.spec):
            return self._background.run(work)

    async def _start(self, arguments: tuple[str, ...]) -> Process:
        async with asyncio.timeout(self.spec.stall_seconds):
            return await self._connection.create_process(
                shlex.join(arguments), encoding=None, request_pty=False, send_env=None, env=None
            )

    async def _run(
        self, command: Command, output: Capture, errors: Capture
    ) -> tuple[int | None, Literal["time", "output"] | None]:
        process = await self._start(supervised(self.spec, command))
        linger = Linger()
        readers = (
            asyncio.create_task(_read(process.stdout, output, linger)),
            asyncio.create_task(_read(process.stderr, errors, linger)),
        )
        stopped: Literal["time", "output"] | None = None
        try:
            async with asyncio.timeout(command.seconds):
                await _to_the_end(process, readers, linger)
        except TimeoutError:
            stopped = "time"
        except OutputTooLong:
            stopped = "output"
        finally:
            process.close()  # the device then kills the program
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)
        await self._closed(process)
        return process.returncode, stopped

    async def _put(self, local: Path, remote: PurePosixPath, mode: int) -> None:
        seconds = self.spec.stall_seconds
        part = str(remote.with_name(f".{secrets.token_hex(4)}.part"))
        async with asyncio.timeout(seconds) as limit:

            def progress(*_: object) -> None:
                limit.reschedule(asyncio.get_running_loop().time() + seconds)

            sftp = await self._files()
            try:
                await sftp.put(str(local), part, progress_handler=progress)
                progress()
                await sftp.chmod(part, mode)
                await sftp.posix_rename(part, str(remote))
            except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection):
                raise
            except asyncssh.SFTPError as error:
                raise await self._refusal((local, part), remote, error) from error

    async def _files(self) -> asyncssh.SFTPClient:
        if self._sftp is None:
            try:
                self._sftp = await self._connection.start_sftp_client()
            except asyncssh.ChannelOpenError as error:
                if self._connection.is_closed():
                    raise
                raise HarnessError(
                    f"{self.spec.name} cannot store files: it has no SFTP."
                ) from error
        return self._sftp

    async def _refusal(
        self, sent: tuple[Path, str], remote: PurePosixPath, error: Exception
    ) -> HarnessError:
        """Return the error for a file that was not stored, and remove its partial copy.

        SFTP has no error code for a full disk, so the free space is compared.
        """
        assert self._sftp
        local, part = sent
        room = None
        with suppress(asyncssh.SFTPError):
            await self._sftp.remove(part)
        with suppress(asyncssh.SFTPError):
            disk = await self._sftp.statvfs(str(remote.parent))
            room = disk.bavail * disk.frsize
        if room is not None and room < local.stat().st_size:
            return DeviceFull(
                f"{self.spec.name} has no disk space for {remote}: {room:,} bytes are free."
            )
        return HarnessError(f"{self.spec.name} cannot store {remote}: {sentence(error)}")

    async def _start_companion(
        self, arguments: tuple[str, ...], seconds: float
    ) -> tuple[Process, str]:
        process = await self._start(with_environment(self.spec, arguments))
        try:
            async with asyncio.timeout(seconds):
                line = await process.stdout.readline()
        except TimeoutError:
            line = b""
        if not line.endswith(b"\n"):
            process.close()
            raise HarnessError(f"{self.spec.name}: a companion program did not start")
        return process, line[:-1].decode("utf-8", "replace")

    async def let_end(self, process: Process) -> None:
        """Close the stdin of a program, and wait until it has ended."""
        process.stdin.write_eof()
        try:
            async with asyncio.timeout(self.spec.stall_seconds):
                await process.wait_closed()
        finally:
            process.close()

    async def _closed(self, process: Process) -> None:
        async with asyncio.timeout(self.spec.stall_seconds):
            await process.wait_closed()

    async def _close(self) -> None:
        self._connection.close()
        try:
            async with asyncio.timeout(self.spec.stall_seconds):
                await self._connection.wait_closed()
        except (TimeoutError, OSError, asyncssh.Error):
            self._connection.abort()


class SshCompanion:
    """A program whose stdin is a channel that stays open until `close`."""

    def __init__(self, connection: SshConnection, process: Process, first_line: str) -> None:
        self._connection = connection
        self._process = process
        self.first_line = first_line

    def close(self) -> None:
        """As `Companion.close`. Raises `ConnectionLost` if it may still be running."""
        self._connection.wait_for(self._connection.let_end(self._process))
        if self._process.returncode is None:
            raise ConnectionLost(f"{self._connection.spec.name}: the connection broke")


class OutputTooLong(Exception):
    """A stream exceeded its limit."""


async def _to_the_end(
    process: Process, readers: tuple[asyncio.Task[None], ...], linger: Linger
) -> None:
    """Wait until both streams end, or the program ends and only a child holds them open."""
    loop, waiting = asyncio.get_running_loop(), set(readers)
    while waiting:
        done, waiting = await asyncio.wait(
            waiting, timeout=POLL_SECONDS, return_when=asyncio.FIRST_EXCEPTION
        )
        for reader in done:
            reader.result()
        if linger.is_over(loop.time(), ended=process.returncode is not None):
            return
    await process.wait_closed()


async def _read(stream: asyncssh.SSHReader[bytes], capture: Capture, linger: Linger) -> None:
    while chunk := await stream.read(CHUNK_BYTES):
        linger.heard(asyncio.get_running_loop().time())
        if not capture.add(chunk):
            raise OutputTooLong


@contextmanager
def _loss(spec: DeviceSpec) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise ConnectionLost(
            f"{spec.name}: no data arrived for {spec.stall_seconds:g} s"
        ) from error
    except (ConnectionError, asyncssh.Error) as error:
        raise ConnectionLost(f"{spec.name}: the connection broke: {error}") from error
