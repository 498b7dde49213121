"""Runs what a hand-in brought, with every limit that the device's user can set."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from grader.devices.connection import Command, Connection, Ended
from grader.devices.scripts import script
from grader.devices.workspace import MARK

BLOCK = 512  # bytes, POSIX's unit for the size of a file
LATE_SECONDS = 30  # the device's own clock stops a program that we lost sight of
BORNE = 2  # so often a program may go on until it is stopped: then that is its verdict
ANNOUNCEMENT = b"held:"
CHANGED_SECONDS = 120.0  # for a home full of Python on a slow card


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a program may use of a device: times in seconds, sizes in bytes.

    `seconds` by the clock, `cpu_seconds` of processor time in one process, `file_bytes` in one
    file, `memory_bytes` of address space in one process or None, `processes` of the user that we
    log in as, and `output_bytes` printed to either stream.
    """

    seconds: float
    cpu_seconds: int
    output_bytes: int = 4 << 20
    file_bytes: int = 64 << 20
    memory_bytes: int | None = None
    processes: int = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """How it ended, and what was held on this device.

    `held` names some of `time`, `processor-time`, `file-size`, `memory`, `processes`, `network`
    (it had none), `process-namespace` (it saw its own processes only, and all end with it) and
    `home` (it could write to nothing of the user's home but its own folder). Where that does not
    hold, `changed` names what changed there meanwhile, by path, twenty at most.
    """

    ended: Ended
    held: tuple[str, ...]
    changed: tuple[str, ...] = ()


def run_limited(
    connection: Connection,
    folder: PurePosixPath,
    arguments: tuple[str, ...],
    limits: Limits,
    on_line: Callable[[str], None] | None = None,
) -> Limited:
    """Run a program in a folder of `open_workspace`, in an environment without anything of ours.

    Its HOME is that folder. It has PATH with the folder of the pool's `python` first, so that a
    script for `python3` runs on that one, LANG, and the pool's `environment`. Raises `Lost`.
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
            *(str(int(limits.seconds) + LATE_SECONDS), str(limits.cpu_seconds)),
            str(limits.file_bytes // BLOCK),
            str((limits.memory_bytes or 0) >> 10),
            str(limits.processes),
            *(f"{name}={value}" for name, value in settings.items()),
            # A shell before it: as the first process of its namespace it could not abort.
            *("sh", "-c", '"$@"; exit $?', "sh", *arguments),
        ),
        folder=folder,
        seconds=limits.seconds,
        output_bytes=limits.output_bytes,
        on_line=on_line,
    )
    ended = connection.run(command)
    limited = _told(ended)
    if "home" in limited.held:
        return limited
    return replace(limited, changed=_changed(connection, folder))


def _told(ended: Ended) -> Limited:
    first, _, errors = ended.errors.partition(b"\n")
    if not first.startswith(ANNOUNCEMENT):
        return Limited(ended=ended, held=())
    held = tuple(first.removeprefix(ANNOUNCEMENT).decode("ascii", "replace").split())
    return Limited(ended=replace(ended, errors=errors), held=held)


def _changed(connection: Connection, folder: PurePosixPath) -> tuple[str, ...]:
    arguments = ("sh", "-c", script("changed"), "sh", str(folder))
    told = connection.run(Command(arguments=arguments, seconds=CHANGED_SECONDS))
    return tuple(told.output.decode("utf-8", "replace").splitlines())
