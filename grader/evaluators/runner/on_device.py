"""Top-1 accuracy as the student's own runner prints it on a board, started as the lab starts it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from grader.datasets.dataset import TestSet
from grader.devices.connection import Connection
from grader.devices.limited import BORNE, Limited, Limits
from grader.devices.session import RunnerRun, run_runner
from grader.devices.workspace import Tree
from grader.errors import Fault
from grader.evaluators.device_latency import health_around
from grader.evaluators.runner.executable import Executable
from grader.evaluators.runner.here import PRINTED_BYTES, SPARE_SECONDS
from grader.evaluators.runner.printed import LINE_LETTERS, read_printed
from grader.evaluators.runner.verdict import Ours, Ran, judge
from grader.evidence.device import DeviceRunEvidence
from grader.evidence.record import written
from grader.labs.spec import LabSpec, RunnerSpec
from grader.sandbox import Outcome
from grader.types import Finding, Role, Submission, SubmittedFile

_TIMED_OUT = 124  # what timeout(1) ends with
_NOT_STARTED = frozenset({126, 127})  # a shell's exit codes
_TELLER = re.compile(r"^\S*sh: (?:line )?\d+: (?:exec: )?\S+: (.{1,100})", re.MULTILINE)
_REFUSALS = {
    "not found": "ENOENT",
    "No such file or directory": "ENOENT",
    "cannot execute: required file not found": "ENOENT",
    "Exec format error": "ENOEXEC",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerTask:
    """A hand-in whose runner is to be run on a board, and what it is judged by.

    `overdue` is how often boards had to stop it already.
    """

    submission: Submission
    executable: Executable
    lab: LabSpec
    data: TestSet
    ours: Ours
    overdue: int = 0

    @property
    def spec(self) -> RunnerSpec:
        """How the lab starts a runner."""
        assert self.lab.runner is not None
        return self.lab.runner

    @property
    def runner(self) -> SubmittedFile:
        """The runner."""
        return self._file(Role.RUNNER)

    @property
    def place(self) -> str:
        """Where the lab has the runner."""
        return self.lab.layout.path(Role.RUNNER, self.submission.id)

    @property
    def tree(self) -> Tree:
        """The lab's tree: runner, program and images."""
        program = self.lab.layout.path(Role.PROGRAM, self.submission.id)
        return Tree(
            files={self.place: self.runner.path, program: self._file(Role.PROGRAM).path},
            data=self.data.path,
            data_sha256=self.data.sha256,
            data_place=self.spec.data,
            executables=frozenset({self.place}),
        )

    def _file(self, role: Role) -> SubmittedFile:
        file = self.submission.file(role)
        assert file is not None
        return file


def verdict_on(run: RunnerRun, asked: RunnerTask) -> Finding:
    """The accuracy that the runner printed there, a fraction.

    Raises as `judge`, and `Fault` where it had to be stopped as often as is borne with: a board
    that waits an hour for what sleeps is no trouble of the machine for ever.
    """
    outcome = outcome_of(run.limited, limits_of(asked.lab))
    ran = Ran(
        name=asked.runner.name,
        executable=asked.executable,
        outcome=outcome,
        refusal=refusal_of(outcome),
    )
    there = written(
        DeviceRunEvidence(isolation=", ".join(run.limited.held) or "none"),
        health_around(run.before, run.after),
    )
    try:
        if outcome.overdue and asked.overdue + 1 >= BORNE:
            raise _never_ends(ran)
        found = judge(ran, asked.ours, asked.spec)
    except Fault as fault:
        fault.evidence |= there
        raise
    return replace(found, evidence={**found.evidence, **there})


def was_overdue(run: RunnerRun, asked: RunnerTask) -> bool:
    """Whether it went on until it was stopped."""
    return outcome_of(run.limited, limits_of(asked.lab)).overdue


def _never_ends(ran: Ran) -> Fault:
    return Fault(
        f"{ran.name} does not end: {BORNE} times on a board, it {ran.outcome.story}.",
        help="Run it in the hand-in's folder, as the lab does, and see that it ends by itself.",
        evidence=ran.evidence.json(),
    )


def start_runner(
    connection: Connection, asked: RunnerTask, watch: Callable[[int], None]
) -> RunnerRun:
    """Run it there to its end; `watch` hears how many images it did. Raises as `run_runner`."""
    done = re.compile(asked.spec.progress_pattern)

    def progress(line: str) -> None:
        # Most lines are no progress, and there may be millions.
        if done.search(line[:LINE_LETTERS]) and (said := read_printed(line, asked.spec).looked_at):
            watch(min(said, asked.data.images))

    command = (f"./{asked.place}", *asked.spec.arguments)
    return run_runner(connection, asked.tree, command, limits_of(asked.lab), progress)


def limits_of(lab: LabSpec) -> Limits:
    """What a runner may use of a board: as here, by the clock twice its processor time."""
    return Limits(
        seconds=2 * lab.limits.runner_seconds + SPARE_SECONDS,
        cpu_seconds=lab.limits.runner_seconds,
        output_bytes=PRINTED_BYTES,
    )


def outcome_of(limited: Limited, limits: Limits) -> Outcome:
    """How a program on a board ended, in the words for one that ran here."""
    ended = limited.ended
    # A runner, too, may end with what timeout(1) ends with.
    on_its_clock = ended.returncode == _TIMED_OUT and ended.seconds >= limits.seconds
    late = ended.stopped == "time" or on_its_clock
    stopped = f"did not finish within {limits.seconds:g} s" if late else None
    if ended.stopped == "output":
        stopped = f"answered with more than {limits.output_bytes} bytes"
    return Outcome(
        message=ended.output,
        noise=ended.errors.decode("utf-8", "replace"),
        returncode=-1 if ended.returncode is None else ended.returncode,
        stopped=stopped,
        seconds=ended.seconds,
        overdue=late,
    )


def refusal_of(outcome: Outcome) -> str | None:
    """The system's word for why a shell could not start a program; None where it did."""
    told = _TELLER.search(outcome.noise) if outcome.returncode in _NOT_STARTED else None
    return None if told is None else _REFUSALS.get(told[1].strip(), told[1].strip())
