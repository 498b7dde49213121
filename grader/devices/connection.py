"""The interface of every connection to a device."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Literal, Protocol, Self

from grader.devices.pool import DeviceSpec
from grader.devices.scripts import script
from grader.errors import GraderError, HarnessError


class ConnectionLost(HarnessError):
    """The connection broke or stalled; another device can do the work, or the same one later."""


class DeviceFull(HarnessError):
    """The device has no disk space left for the file."""


class Unreachable(GraderError):
    """Nothing answers at the device's address now; it may answer later."""


class Refused(GraderError):
    """The device refuses the login, or its host key is not trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One program to run on the device until it ends.

    It is stopped after `seconds` of wall time here, or once stdout or stderr exceeds
    `output_bytes`. `on_line` is called with each complete line of stdout, without the line end.
    """

    arguments: tuple[str, ...]
    seconds: float
    folder: PurePosixPath | None = None
    output_bytes: int = 1 << 20
    on_line: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The end of a program.

    `returncode` is as a shell reports it: 128 plus the number of a signal that killed the program.
    It is None if we stopped the program; `stopped` then gives the limit. `output` and `errors` are
    the first bytes of stdout and stderr, `seconds` the wall time here.
    """

    returncode: int | None
    output: bytes
    errors: bytes
    seconds: float
    stopped: Literal["time", "output"] | None


class Companion(Protocol):
    """A program that runs beside the others as long as its stdin is open."""

    @property
    def first_line(self) -> str:
        """The first line that it printed, without the line end."""

    def close(self) -> None:
        """Close its stdin, and wait until it has ended."""


class Connection(Protocol):
    """A connection to one device, for one thread at a time; a context manager that closes it."""

    @property
    def spec(self) -> DeviceSpec:
        """The connected device."""

    @property
    def is_open(self) -> bool:
        """True unless the connection is known to be broken."""

    def run(self, command: Command) -> Ended:
        """Run a program to its end, and kill what remains of its session.

        Raises `ConnectionLost`.
        """

    def put(self, local: Path, remote: PurePosixPath, *, executable: bool = False) -> None:
        """Write a file atomically, with mode 600 or 700; its folder must exist.

        Raises `DeviceFull`, `ConnectionLost`, and `HarnessError` if it cannot be written.
        """

    def start_companion(self, arguments: tuple[str, ...], seconds: float) -> Companion:
        """Start a program that ends when its stdin closes, and wait for its first line.

        Raises `ConnectionLost`, and `HarnessError` if no line arrives within `seconds`.
        """

    def close(self) -> None:
        """Close the connection; programs that still run over it are killed."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def supervised(spec: DeviceSpec, command: Command) -> tuple[str, ...]:
    """Return the arguments that run `command` so that it ends with its connection."""
    folder = "" if command.folder is None else str(command.folder)
    return (
        "sh",
        "-c",
        script("supervised"),
        "sh",
        folder,
        *with_environment(spec, command.arguments),
    )


def with_environment(spec: DeviceSpec, arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Return the arguments that start a program in the environment of the device."""
    settings = tuple(f"{name}={value}" for name, value in spec.environment.items())
    return ("env", *settings, *arguments) if settings else arguments
