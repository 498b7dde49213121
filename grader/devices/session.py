"""What is done with one hand-in on one board: our program is timed, and its runner is run.

Each in a folder of its own that is removed afterwards, the timing first: nothing of the hand-in's
has run before it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grader.devices.connection import Command, Connection, Ended
from grader.devices.health import Health, health, throttled_between
from grader.devices.limited import Limited, Limits, run_limited
from grader.devices.pool import DeviceSpec
from grader.devices.times import Times, read_times
from grader.devices.workspace import Tree, open_workspace
from grader.errors import HarnessError, Skip

RUNS = 60
THREADS = 1
COOLING_SECONDS = 60.0
PROGRAM, UNPRUNED, SCRIPT = "program.pte", "unpruned.pte", "on_device_latency.py"
_SENT = Path(__file__).with_name(SCRIPT)
_MACHINE_SECONDS = 30.0
_LATENCY_SECONDS = 600.0  # for a board that needs four seconds an image
# What the script ends with where there is no executorch, and a shell where there is no Python.
_NO_RUNTIME = frozenset({3, 127})
_INSTALL = (
    "Install it there (`pip install executorch`; on Arm as docs/devices.md says), or put an "
    "xnn_executor_runner on it that knows --latency, such as the grader's reference, and name it "
    "as `runner` in devices.toml."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """A network's program, and the unpruned network's to be timed beside it.

    The latter is brought to each board once, and known there by its `unpruned_sha256`.
    """

    program: Path
    unpruned: Path
    unpruned_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What a board measured, with a look at it before and after.

    `throttled` says whether something held its processors back meanwhile, None where it does not
    tell; `attempts` is 2 where that made us measure again.
    """

    times: Times
    before: Health
    after: Health
    attempts: int = 1

    @property
    def throttled(self) -> bool | None:
        """Whether the times are of a board that was held back."""
        return throttled_between(self.before, self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerRun:
    """How a hand-in's runner ended on a board, with a look at the board before and after."""

    limited: Limited
    before: Health
    after: Health


def machine(connection: Connection) -> str:
    """The board's processor, as uname has it. Raises `Lost`."""
    told = connection.run(Command(arguments=("uname", "-m"), seconds=_MACHINE_SECONDS))
    return told.output.decode("ascii", "replace").strip()


def run_runner(
    connection: Connection,
    tree: Tree,
    command: tuple[str, ...],
    limits: Limits,
    on_line: Callable[[str], None] | None = None,
) -> RunnerRun:
    """Run a hand-in's runner in the lab's tree, as the lab starts it.

    Raises `Lost`, `Full` and `HarnessError`.
    """
    with open_workspace(connection, tree) as folder:
        before = health(connection)
        limited = run_limited(connection, folder, command, limits, on_line)
        return RunnerRun(limited=limited, before=before, after=health(connection))


def time_program(connection: Connection, programs: Programs) -> Timing:
    """Time a program beside the unpruned network's, one image at a time on one thread.

    By the board's own runner, where the pool names one, else by its executorch. Where the board was
    throttled meanwhile, once more, after a pause to cool.

    Raises `Skip` where it has neither, `HarnessError` where that does not tell times, `Lost`.
    """
    tree = Tree(
        files={PROGRAM: programs.program, SCRIPT: _SENT},
        data=programs.unpruned,
        data_sha256=programs.unpruned_sha256,
        data_place=UNPRUNED,
    )
    with open_workspace(connection, tree) as folder:
        timing = _time(connection, folder)
        if not timing.throttled:
            return timing
        time.sleep(COOLING_SECONDS)
        return replace(_time(connection, folder), attempts=2)


def _time(connection: Connection, folder: PurePosixPath) -> Timing:
    spec = connection.spec
    by, command = _timer(spec)
    before = health(connection)
    ended = connection.run(Command(arguments=command, folder=folder, seconds=_LATENCY_SECONDS))
    after = health(connection)
    if not spec.runner and ended.returncode in _NO_RUNTIME:
        raise Skip(f"{spec.name} has no ExecuTorch to time a program with.", help=_INSTALL)
    if ended.returncode != 0:
        raise HarnessError(f"{by} on {spec.name} told no times: it {_end(ended)}.")
    times = read_times(ended.output, by, spec.name)
    return Timing(times=times, before=before, after=after)


def _timer(spec: DeviceSpec) -> tuple[str, tuple[str, ...]]:
    """What times programs on a board, and how it is started."""
    if spec.runner is None:
        return "executorch", (spec.python, SCRIPT, PROGRAM, UNPRUNED, str(RUNS), str(THREADS))
    options = ("--latency", "--beside", UNPRUNED, "--runs", str(RUNS), "--threads", str(THREADS))
    return "runner", (spec.runner, "--model_path", PROGRAM, *options)


def _end(ended: Ended) -> str:
    if ended.stopped:
        return f"was stopped after {ended.seconds:.0f} s"
    lines = ended.errors.decode("utf-8", "replace").strip().splitlines() or ["nothing"]
    return f"ended with exit code {ended.returncode}, saying: {lines[-1][:200]}"
