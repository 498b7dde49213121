"""Runs one task on one device: copies the files there, and judges the result."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from grader.datasets.dataset import TestSet
from grader.devices.connection import Connection, ConnectionLost
from grader.devices.pool import LOCAL
from grader.devices.session import Programs, RunnerRun, machine
from grader.errors import Fault
from grader.evaluators.conditions import NetworkConditions
from grader.evaluators.device_latency import measure_latency_on_device
from grader.evaluators.latency import unpruned_program
from grader.evaluators.run_all import program_of
from grader.evaluators.runner.executable import identify
from grader.evaluators.runner.judge import OurAccuracies
from grader.evaluators.runner.on_device import RunnerTask, judge_device_run, start_runner, timed_out
from grader.evidence.accuracy import TallyEvidence
from grader.evidence.device import DeviceEvidence, DeviceRunEvidence
from grader.evidence.ids import ACCURACY, DEVICE_LATENCY, PROGRAM, RUNNER
from grader.evidence.run_check import run_check
from grader.files import replace_file
from grader.fleet.fleet import Compromised, Declined
from grader.fleet.pending import Task, timeout_count
from grader.pipeline import exported_program, scratch, unpacked_again
from grader.sandbox.start import Isolation
from grader.types import Event, Finding, Measured, Measurement, Role, Status, Submission

Tell = Callable[[Event], None]


def may_run(connection: Connection, conditions: NetworkConditions) -> bool:
    """True if a handed-in runner may be started over this connection.

    `local` has no sandbox, so runners do not run there unless the user chose `--unsandboxed`.
    """
    unprotected = conditions.isolation is Isolation.UNSANDBOXED
    return connection.spec.address != LOCAL or unprotected


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRun:
    """Runs tasks on devices. Several devices may run tasks at once, in threads."""

    conditions: NetworkConditions
    # Export is not thread-safe: it uses torch, and redirects the stderr of this process.
    _exporting: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, connection: Connection, task: Task, tell: Tell) -> Measurement | None:
        """Return the measurement; None if the known one already says everything.

        Raises `Declined` if another device must do it, `Compromised` if the results of this device
        cannot be trusted any more, `ConnectionLost`, `GraderError`, and `HarnessError` if the
        hand-in has changed since it was measured.
        """
        measured = task.measured
        with scratch(self.conditions) as work:
            if task.id == DEVICE_LATENCY:
                tell(_event(measured, connection, "latency", 0, 1))
                return self._measure_latency(connection, measured.submission, work)
            if not may_run(connection, self.conditions):
                raise Declined(None)
            submission = unpacked_again(measured.submission, work, self.conditions.lab)
            return self._run_runner(connection, replace(measured, submission=submission), tell)

    def _measure_latency(
        self, connection: Connection, submission: Submission, work: Path
    ) -> Measurement:
        programs = self._programs(submission, work)
        latency = partial(measure_latency_on_device, connection, programs)
        found = _checked(DEVICE_LATENCY, connection, latency)
        if found.status is Status.SKIPPED:  # it has no program that can measure
            raise Declined(found)
        return found

    def _programs(self, submission: Submission, work: Path) -> Programs:
        program = work / "exported.pte"
        unpruned = self.conditions.work / "programs" / "unpruned.pte"
        with self._exporting:
            exported = exported_program(
                submission, self.conditions, lambda _event: None, program_of
            )
            program.write_bytes(exported)
            if not unpruned.exists():
                replace_file(unpruned, unpruned_program(self.conditions.lab))
        sha256 = hashlib.sha256(unpruned.read_bytes()).hexdigest()
        return Programs(program=program, unpruned=unpruned, unpruned_sha256=sha256)

    def _run_runner(
        self, connection: Connection, measured: Measured, tell: Tell
    ) -> Measurement | None:
        """Run the runner and judge it; None if it is no program, which is already reported."""
        runner = measured.submission.file(Role.RUNNER)
        assert runner is not None
        try:
            executable = identify(runner)
        except Fault:
            return None
        if executable.machine not in {None, machine(connection)}:
            raise Declined(None)
        before = next((each for each in measured.measurements if each.id == RUNNER), None)
        runner_task = RunnerTask(
            submission=measured.submission,
            executable=executable,
            lab=self.conditions.lab,
            data=self.conditions.data,
            ours=our_accuracies(measured, self.conditions.data),
            overdue=timeout_count(before),
        )
        total = self.conditions.data.images
        is_due = RateLimit()

        def watch(done: int) -> None:
            if done == total or is_due():
                tell(_event(measured, connection, "runner", done, total))

        runs: list[RunnerRun] = []

        def judged() -> Finding:
            watch(0)
            runs.append(start_runner(connection, runner_task, watch))
            return judge_device_run(runs[0], runner_task)

        found = _checked(RUNNER, connection, judged)
        if runs and timed_out(runs[0], runner_task):
            counted = DeviceRunEvidence(overdue=runner_task.overdue + 1).json()
            found = replace(found, evidence={**found.evidence, **counted})
        if runs and runs[0].limited.changed:
            raise _compromised(measured.submission.id, found, runs[0].limited.changed)
        return found


class RateLimit:
    """Limits progress events to a few per second: a runner may print millions of lines."""

    def __init__(self, seconds: float = 0.25) -> None:
        self._seconds = seconds
        self._last = -seconds

    def __call__(self) -> bool:
        """Return True if enough time has passed since the last True."""
        now = time.monotonic()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


def _compromised(student: str, found: Measurement, changed: tuple[str, ...]) -> Compromised:
    """Return the result of a runner that changed files outside its folder, marked for review."""
    named = ", ".join(path[:100] for path in changed[:5])
    where = DeviceEvidence.read(found).device
    what = f"while it ran, {named} changed on {where}"
    review = "; ".join(filter(None, (found.review, what))) if found.passed else found.review
    evidence = {**found.evidence, **DeviceRunEvidence(changed=changed).json()}
    why = f"while the runner of {student} ran, {named} changed there: check and restore these files"
    return Compromised(replace(found, review=review, evidence=evidence), why)


def our_accuracies(measured: Measured, data: TestSet) -> OurAccuracies:
    """Return our accuracies of the hand-in, to compare with that of its runner."""
    known = {each.id: each for each in measured.measurements}
    checkpoint = _fraction(known[ACCURACY])
    assert checkpoint is not None
    program = known.get(PROGRAM)
    return OurAccuracies(
        checkpoint=checkpoint,
        program=None if program is None else _fraction(program),
        total=data.images,
        sample=data.is_sample,
    )


def _fraction(measurement: Measurement) -> float | None:
    tally = TallyEvidence.read(measurement)
    return None if tally.correct is None or tally.total is None else tally.correct / tally.total


def _checked(id: str, connection: Connection, question: Callable[[], Finding]) -> Measurement:
    """As `run_check`, with the name of the device; `ConnectionLost` is raised, not recorded."""
    lost: list[ConnectionLost] = []

    def unless_lost() -> Finding:
        try:
            return question()
        except ConnectionLost as error:
            lost.append(error)
            raise

    found = run_check(id, unless_lost)
    if lost:
        raise lost[0]
    where = DeviceEvidence(device=connection.spec.name).json()
    return replace(found, evidence={**where, **found.evidence})


def _event(measured: Measured, connection: Connection, step: str, done: int, of: int) -> Event:
    step = f"{step} on {connection.spec.name}"
    return Event(student=measured.submission.id, step=step, done=done, of=of)
