"""Runs a handed-in program with every limit that the user of the device can set."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from grader.devices.connection import Command, Connection, Ended
from grader.devices.scripts import script
from grader.devices.workspace import MARK

BLOCK = 512  # bytes; the unit of `ulimit -f` in POSIX
SPARE_SECONDS = 30  # then the device itself stops a program whose connection is lost
MAX_TIMEOUTS = 2  # after this many timeouts the check FAILED; before, it is an ERROR
HELD_PREFIX = b"held:"
CHANGED_SECONDS = 120.0  # for a home folder full of Python on a slow SD card


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLimits:
    """Limits of a program on a device: times in seconds, sizes in bytes.

    `seconds` is wall time, `cpu_seconds` processor time of one process, `file_bytes` the size of
    one file, `memory_bytes` the address space of one process (None: no limit), `processes` the
    number of processes of the login user, and `output_bytes` the size of each of stdout and stderr.
    """

    seconds: float
    cpu_seconds: int
    output_bytes: int = 4 << 20
    file_bytes: int = 64 << 20
    memory_bytes: int | None = None
    processes: int = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitedRun:
    """The end of a program, and the limits that were in force on this device.

    `held` names some of `time`, `processor-time`, `file-size`, `memory`, `processes`, `network`
    (it had none), `process-namespace` (it saw only its own processes, and all end with it) and
    `home` (in the user's home it could write only to its own folder). If `home` is not in force,
    `changed` lists the paths in the home that changed during the run, at most twenty.
    """

    ended: Ended
    held: tuple[str, ...]
    changed: tuple[str, ...] = ()


def run_limited(
    connection: Connection,
    folder: PurePosixPath,
    arguments: tuple[str, ...],
    limits: DeviceLimits,
    on_line: Callable[[str], None] | None = None,
) -> LimitedRun:
    """Run a program in a folder of `open_workspace`, without the grader's environment.

    HOME is that folder. PATH begins with the folder of the pool's `python`, so that a script for
    `python3` uses it. LANG and the pool's `environment` are set too. Raises `ConnectionLost`.
    """
    spec = connection.spec
    settings = {
        MARK: folder.name,
        **{name: value for name, value in spec.environment.items() if name not in {"PATH", "HOME"}},
    }
    command = Command(
        arguments=(
            *("sh", "-c", script("limited"), "limited"),
            str(PurePosixPath(spec.python).parent) if "/" in spec.python else "",
            *(str(int(limits.seconds) + SPARE_SECONDS), str(limits.cpu_seconds)),
            str(limits.file_bytes // BLOCK),
            str((limits.memory_bytes or 0) >> 10),
            str(limits.processes),
            *(f"{name}={value}" for name, value in settings.items()),
            # Started by a shell: the first process of a namespace cannot be killed by SIGABRT.
            *("sh", "-c", '"$@"; exit $?', "sh", *arguments),
        ),
        folder=folder,
        seconds=limits.seconds,
        output_bytes=limits.output_bytes,
        on_line=on_line,
    )
    ended = connection.run(command)
    limited = _parsed(ended)
    if "home" in limited.held:
        return limited
    return replace(limited, changed=_changed(connection, folder))


def _parsed(ended: Ended) -> LimitedRun:
    first, _, errors = ended.errors.partition(b"\n")
    if not first.startswith(HELD_PREFIX):
        return LimitedRun(ended=ended, held=())
    held = tuple(first.removeprefix(HELD_PREFIX).decode("ascii", "replace").split())
    return LimitedRun(ended=replace(ended, errors=errors), held=held)


def _changed(connection: Connection, folder: PurePosixPath) -> tuple[str, ...]:
    arguments = ("sh", "-c", script("changed"), "sh", str(folder))
    ended = connection.run(Command(arguments=arguments, seconds=CHANGED_SECONDS))
    return tuple(ended.output.decode("utf-8", "replace").splitlines())
