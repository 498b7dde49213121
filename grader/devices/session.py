"""The measurements of one hand-in on one device: latency of our program, then its own runner.

Each uses its own folder, which is removed afterwards. Latency comes first, before any program of
the hand-in has run.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grader.devices.connection import Command, Connection, Ended
from grader.devices.health import Health, health, throttled_between
from grader.devices.limited import DeviceLimits, LimitedRun, run_limited
from grader.devices.pool import DeviceSpec
from grader.devices.times import Times, read_times
from grader.devices.workspace import Tree, open_workspace
from grader.errors import HarnessError, Skip

RUNS = 60
THREADS = 1
COOLING_SECONDS = 60.0
OTHER_WORK_SECONDS = 10.0  # for a device to finish its other work
PROGRAM, UNPRUNED, SCRIPT = "program.pte", "unpruned.pte", "on_device_latency.py"
_LATENCY_SCRIPT = Path(__file__).with_name(SCRIPT)
_MACHINE_SECONDS = 30.0
_LATENCY_SECONDS = 600.0  # for a device that needs four seconds per image
# Exit codes of the script without executorch, and of a shell for a Python that may not be executed
# and for one that is missing.
_NO_RUNTIME = frozenset({3, 126, 127})
_INSTALL = (
    "Install it on the device (`pip install executorch`; on Arm see docs/devices.md), or copy an "
    "xnn_executor_runner that has --latency to it, such as the grader's reference, and set its "
    "path as `runner` in devices.toml."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """The program of a network, and the program of the unpruned network to time beside it.

    The latter is copied to each device once, under its `unpruned_sha256`.
    """

    program: Path
    unpruned: Path
    unpruned_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The times that a device measured, and its health before and after.

    `attempts` is 2 if the first was throttled, or the device was busy: this is the better one.
    """

    times: Times
    before: Health
    after: Health
    attempts: int = 1

    @property
    def throttled(self) -> bool | None:
        """True if the device was throttled meanwhile; None if it does not report it."""
        return throttled_between(self.before, self.after)

    @property
    def disturbed(self) -> bool:
        """True if the device was throttled or had other work meanwhile."""
        return bool(self.throttled or self.times.latency.busy)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerRun:
    """The run of a handed-in runner on a device, and the health of the device before and after."""

    limited: LimitedRun
    before: Health
    after: Health


def machine(connection: Connection) -> str:
    """Return the processor type of the device, as `uname -m` prints it. Raises `ConnectionLost`."""
    ended = connection.run(Command(arguments=("uname", "-m"), seconds=_MACHINE_SECONDS))
    return ended.output.decode("ascii", "replace").strip()


def run_runner(
    connection: Connection,
    tree: Tree,
    command: tuple[str, ...],
    limits: DeviceLimits,
    on_line: Callable[[str], None] | None = None,
) -> RunnerRun:
    """Run a handed-in runner in the folder tree of the lab, as the lab starts it.

    Raises `ConnectionLost`, `DeviceFull` and `HarnessError`.
    """
    with open_workspace(connection, tree) as folder:
        before = health(connection)
        limited = run_limited(connection, folder, command, limits, on_line)
        return RunnerRun(limited=limited, before=before, after=health(connection))


def time_program(connection: Connection, programs: Programs) -> Timing:
    """Time a program beside the unpruned network's, one image at a time on one thread.

    The device's own runner measures if the pool names one, else its executorch. If the device was
    throttled or busy meanwhile, the measurement is repeated once after a pause. The one without
    throttling is returned, or the one with the smaller spread.

    Raises `ConnectionLost`, `Skip` if the device has neither, and `HarnessError` if the output has
    no times.
    """
    tree = Tree(
        files={PROGRAM: programs.program, SCRIPT: _LATENCY_SCRIPT},
        data=programs.unpruned,
        data_sha256=programs.unpruned_sha256,
        data_path=UNPRUNED,
    )
    with open_workspace(connection, tree) as folder:
        timing = _time(connection, folder)
        if not timing.disturbed:
            return timing
        time.sleep(COOLING_SECONDS if timing.throttled else OTHER_WORK_SECONDS)
        return replace(min(timing, _time(connection, folder), key=_disturbance), attempts=2)


def _disturbance(timing: Timing) -> tuple[bool, float]:
    return bool(timing.throttled), timing.times.latency.largest_spread


def _time(connection: Connection, folder: PurePosixPath) -> Timing:
    spec = connection.spec
    by, command = _timer(spec)
    before = health(connection)
    ended = connection.run(Command(arguments=command, folder=folder, seconds=_LATENCY_SECONDS))
    after = health(connection)
    if not spec.runner and ended.returncode in _NO_RUNTIME:
        raise Skip(f"{spec.name} has no ExecuTorch to measure latency with.", help=_INSTALL)
    if ended.returncode != 0:
        raise HarnessError(f"{by} on {spec.name} reported no times: it {_end(ended)}.")
    times = read_times(ended.output, by, spec.name)
    return Timing(times=times, before=before, after=after)


def _timer(spec: DeviceSpec) -> tuple[str, tuple[str, ...]]:
    """Return the name of the program that measures on a device, and its command."""
    if spec.runner is None:
        return "executorch", (spec.python, SCRIPT, PROGRAM, UNPRUNED, str(RUNS), str(THREADS))
    options = ("--latency", "--beside", UNPRUNED, "--runs", str(RUNS), "--threads", str(THREADS))
    return "runner", (spec.runner, "--model_path", PROGRAM, *options)


def _end(ended: Ended) -> str:
    if ended.stopped:
        return f"was stopped after {ended.seconds:.0f} s"
    lines = ended.errors.decode("utf-8", "replace").strip().splitlines() or ["no output on stderr"]
    return f"ended with exit code {ended.returncode}: {lines[-1][:200]}"
