"""What every connection to a board can do, whichever way it is reached."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Literal, Protocol, Self

from grader.devices.pool import DeviceSpec
from grader.devices.scripts import script
from grader.errors import GraderError, HarnessError


class Lost(HarnessError):
    """The connection broke or stalled: the work may be done by another board, or later."""


class Full(HarnessError):
    """The device has no room left for what was to be put there."""


class Unreachable(GraderError):
    """Nothing answers at the device's address; it may do so later."""


class Refused(GraderError):
    """The device answers and lets us not in, or is not the one that is trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One program to run on the device, to its end.

    It is stopped after `seconds` on our clock, or once its output or its errors exceed
    `output_bytes`. `on_line` is called with each whole line of its output, without the line's end.
    """

    arguments: tuple[str, ...]
    seconds: float
    folder: PurePosixPath | None = None
    output_bytes: int = 1 << 20
    on_line: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a program ended: `returncode` is the shell's, 128 more than the signal that killed it.

    It is None where we stopped it, for what `stopped` says. `output` and `errors` are the first
    bytes of each stream, `seconds` the time on our clock.
    """

    returncode: int | None
    output: bytes
    errors: bytes
    seconds: float
    stopped: Literal["time", "output"] | None


class Held(Protocol):
    """A program that runs beside the others for as long as its input is open."""

    @property
    def said(self) -> str:
        """The first line that it printed, without the line's end."""

    def close(self) -> None:
        """Close its input, and wait until it has ended."""


class Connection(Protocol):
    """A way to one device, used by one thread at a time; a context manager that closes it."""

    @property
    def spec(self) -> DeviceSpec:
        """The device it leads to."""

    @property
    def is_open(self) -> bool:
        """Whether nothing is known yet of its having broken."""

    def run(self, command: Command) -> Ended:
        """Run a program to its end; whatever it left in its session is killed. Raises `Lost`."""

    def put(self, local: Path, remote: PurePosixPath, *, executable: bool = False) -> None:
        """Write a file of mode 600, or 700, whole or not at all; its folder must be there.

        Raises `Full`, `Lost`, and `HarnessError` where it cannot be written.
        """

    def hold(self, arguments: tuple[str, ...], seconds: float) -> Held:
        """Start a program that ends when its input closes, and wait for its first line.

        Raises `Lost`, and `HarnessError` where no line came within `seconds`.
        """

    def close(self) -> None:
        """Let go; what still runs over it is killed."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def supervised(spec: DeviceSpec, command: Command) -> tuple[str, ...]:
    """What a device's shell is started with, so that `command` ends with its connection."""
    folder = "" if command.folder is None else str(command.folder)
    return ("sh", "-c", script("supervised"), "sh", folder, *within(spec, command.arguments))


def within(spec: DeviceSpec, arguments: tuple[str, ...]) -> tuple[str, ...]:
    """The arguments that start a program in the device's environment."""
    settings = tuple(f"{name}={value}" for name, value in spec.environment.items())
    return ("env", *settings, *arguments) if settings else arguments
