"""Top-1 accuracy that the student's own runner prints on a device, started as in the lab."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from grader.datasets.dataset import TestSet
from grader.devices.connection import Connection
from grader.devices.limited import MAX_TIMEOUTS, DeviceLimits, LimitedRun
from grader.devices.session import RunnerRun, run_runner
from grader.devices.workspace import Tree
from grader.errors import Fault
from grader.evaluators.device_latency import health_around
from grader.evaluators.runner.executable import Executable
from grader.evaluators.runner.here import PRINTED_BYTES, SPARE_SECONDS
from grader.evaluators.runner.judge import FinishedRunner, OurAccuracies, judge
from grader.evaluators.runner.printed import LINE_CHARACTERS, read_printed
from grader.evidence.device import DeviceRunEvidence
from grader.evidence.record import written
from grader.labs.network_lab import NetworkLab, RunnerSpec
from grader.sandbox.supervise import Outcome
from grader.types import Finding, Role, Submission, SubmittedFile

_TIMED_OUT = 124  # exit code of timeout(1)
_NOT_STARTED = frozenset({125, 126, 127})  # exit codes of a shell; 125: supervised.sh
_SHELL_MESSAGE = re.compile(r"^\S*sh: (?:line )?\d+: (?:exec: )?\S+: (.{1,100})", re.MULTILINE)
_REFUSALS = {
    "not found": "ENOENT",
    "No such file or directory": "ENOENT",
    "cannot execute: required file not found": "ENOENT",
    "Exec format error": "ENOEXEC",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerTask:
    """A hand-in whose runner a device should run, and what it is judged by.

    `overdue` counts its earlier timeouts on devices.
    """

    submission: Submission
    executable: Executable
    lab: NetworkLab
    data: TestSet
    ours: OurAccuracies
    overdue: int = 0

    @property
    def spec(self) -> RunnerSpec:
        """The lab's settings for starting a runner."""
        assert self.lab.runner is not None
        return self.lab.runner

    @property
    def runner(self) -> SubmittedFile:
        """The runner."""
        return self._file(Role.RUNNER)

    @property
    def runner_path(self) -> str:
        """The path of the runner in the lab's folder tree."""
        return self.lab.layout.path(Role.RUNNER, self.submission.id)

    @property
    def tree(self) -> Tree:
        """The lab's folder tree: runner, program and images."""
        program = self.lab.layout.path(Role.PROGRAM, self.submission.id)
        return Tree(
            files={self.runner_path: self.runner.path, program: self._file(Role.PROGRAM).path},
            data=self.data.path,
            data_sha256=self.data.sha256,
            data_path=self.spec.data,
            executables=frozenset({self.runner_path}),
        )

    def _file(self, role: Role) -> SubmittedFile:
        file = self.submission.file(role)
        assert file is not None
        return file


def judge_device_run(run: RunnerRun, task: RunnerTask) -> Finding:
    """Return the accuracy that the runner printed on the device, a fraction.

    Raises the errors of `judge`, and `Fault` after `MAX_TIMEOUTS` timeouts: one timeout may be the
    fault of the device, repeated ones are the fault of the runner.
    """
    outcome = outcome_of(run.limited, limits_of(task.lab))
    finished = FinishedRunner(
        name=task.runner.name,
        executable=task.executable,
        outcome=outcome,
        refusal=refusal_of(outcome),
    )
    on_device = written(
        DeviceRunEvidence(isolation=", ".join(run.limited.held) or "none"),
        health_around(run.before, run.after),
    )
    try:
        if outcome.overdue and task.overdue + 1 >= MAX_TIMEOUTS:
            raise _never_ends(finished)
        found = judge(finished, task.ours, task.spec)
    except Fault as fault:
        fault.evidence |= on_device
        raise
    return replace(found, evidence={**found.evidence, **on_device})


def timed_out(run: RunnerRun, task: RunnerTask) -> bool:
    """True if it was stopped at its limit of wall time."""
    return outcome_of(run.limited, limits_of(task.lab)).overdue


def _never_ends(finished: FinishedRunner) -> Fault:
    return Fault(
        f"{finished.name} timed out in {MAX_TIMEOUTS} runs on a device: "
        f"it {finished.outcome.ending}.",
        help="Run it in the folder of the hand-in, as the lab does; check that it ends by itself.",
        evidence=finished.evidence.json(),
    )


def start_runner(
    connection: Connection, task: RunnerTask, watch: Callable[[int], None]
) -> RunnerRun:
    """Run it on the device to its end; `watch` is called with the number of processed images.

    Raises the errors of `run_runner`.
    """
    done = re.compile(task.spec.progress_pattern)

    def progress(line: str) -> None:
        # Most lines report no progress, and there may be millions.
        if done.search(line[:LINE_CHARACTERS]) and (
            images_done := read_printed(line, task.spec).looked_at
        ):
            watch(min(images_done, task.data.images))

    command = (f"./{task.runner_path}", *task.spec.arguments)
    return run_runner(connection, task.tree, command, limits_of(task.lab), progress)


def limits_of(lab: NetworkLab) -> DeviceLimits:
    """Return the limits of a runner on a device, the same as on this machine."""
    return DeviceLimits(
        seconds=2 * lab.limits.runner_seconds + SPARE_SECONDS,
        cpu_seconds=lab.limits.runner_seconds,
        output_bytes=PRINTED_BYTES,
    )


def outcome_of(limited: LimitedRun, limits: DeviceLimits) -> Outcome:
    """Return the end of a program on a device, in the record for programs that ran here."""
    ended = limited.ended
    # A runner may itself end with the exit code of timeout(1).
    on_its_clock = ended.returncode == _TIMED_OUT and ended.seconds >= limits.seconds
    late = ended.stopped == "time" or on_its_clock
    stopped = f"did not finish within {limits.seconds:g} s" if late else None
    if ended.stopped == "output":
        stopped = f"answered with more than {limits.output_bytes} bytes"
    return Outcome(
        message=ended.output,
        stderr=ended.errors.decode("utf-8", "replace"),
        returncode=-1 if ended.returncode is None else ended.returncode,
        stopped=stopped,
        seconds=ended.seconds,
        overdue=late,
    )


def refusal_of(outcome: Outcome) -> str | None:
    """Return the error code if the shell could not start the program, else None."""
    message = _SHELL_MESSAGE.search(outcome.stderr) if outcome.returncode in _NOT_STARTED else None
    return None if message is None else _REFUSALS.get(message[1].strip(), message[1].strip())
