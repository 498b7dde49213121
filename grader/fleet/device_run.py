"""One hand-in on one board: what is brought there, and what to think of what came back."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from grader.datasets.dataset import TestSet
from grader.devices.connection import Connection, Lost
from grader.devices.pool import LOCAL
from grader.devices.session import Programs, RunnerRun, machine
from grader.errors import Fault
from grader.evaluators.conditions import Conditions
from grader.evaluators.device_latency import measure_latency_on_device
from grader.evaluators.latency import unpruned_program
from grader.evaluators.run_all import program_of
from grader.evaluators.runner.executable import identify
from grader.evaluators.runner.on_device import RunnerTask, start_runner, verdict_on, was_overdue
from grader.evaluators.runner.verdict import Ours
from grader.evidence.accuracy import TallyEvidence
from grader.evidence.device import DeviceEvidence, DeviceRunEvidence
from grader.evidence.ids import ACCURACY, DEVICE_LATENCY, PROGRAM, RUNNER
from grader.evidence.run_check import run_check
from grader.files import replace_file
from grader.fleet.fleet import Declined, Spoiled
from grader.fleet.pending import Task, times_overdue
from grader.pipeline import exported_program, scratch, unpacked_again
from grader.sandbox import Isolation
from grader.types import Event, Finding, Measured, Measurement, Role, Status, Submission

Tell = Callable[[Event], None]


def may_run(connection: Connection, conditions: Conditions) -> bool:
    """Whether a hand-in's runner may be started over this connection.

    On this machine it runs in the sandbox or not at all, unless the user said otherwise: as a board
    it has no walls.
    """
    unprotected = conditions.isolation is Isolation.UNSANDBOXED
    return connection.spec.address != LOCAL or unprotected


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRun:
    """What is done with a hand-in on a board. Several boards may do it at once, in threads."""

    conditions: Conditions
    # Exporting uses torch and this process's stderr, which have no place for two at a time.
    _exporting: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, connection: Connection, task: Task, tell: Tell) -> Measurement | None:
        """What the board says; None where there is nothing to be said that was not said already.

        Raises `Declined` where another board is to be asked, `Spoiled` where none of this board's
        answers is to be believed any more, `Lost`, `GraderError`, and `HarnessError` where the
        hand-in is no longer what was measured.
        """
        measured = task.measured
        with scratch(self.conditions) as work:
            if task.id == DEVICE_LATENCY:
                tell(_event(measured, connection, "latency", 0, 1))
                return self._timed(connection, measured.submission, work)
            if not may_run(connection, self.conditions):
                raise Declined(None)
            submission = unpacked_again(measured.submission, work, self.conditions.lab)
            return self._ran(connection, replace(measured, submission=submission), tell)

    def _timed(self, connection: Connection, submission: Submission, work: Path) -> Measurement:
        programs = self._programs(submission, work)
        latency = partial(measure_latency_on_device, connection, programs)
        found = _asked(DEVICE_LATENCY, connection, latency)
        if found.status is Status.SKIPPED:  # it has nothing to time programs with
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

    def _ran(self, connection: Connection, measured: Measured, tell: Tell) -> Measurement | None:
        """What became of the runner; None where it is no program, which is said already."""
        runner = measured.submission.file(Role.RUNNER)
        assert runner is not None
        try:
            executable = identify(runner)
        except Fault:
            return None
        if executable.machine not in {None, machine(connection)}:
            raise Declined(None)
        before = next((each for each in measured.measurements if each.id == RUNNER), None)
        asked_for = RunnerTask(
            submission=measured.submission,
            executable=executable,
            lab=self.conditions.lab,
            data=self.conditions.data,
            ours=ours_of(measured, self.conditions.data),
            overdue=times_overdue(before),
        )
        total = self.conditions.data.images
        often = Seldom()

        def watch(done: int) -> None:
            if done == total or often():
                tell(_event(measured, connection, "runner", done, total))

        runs: list[RunnerRun] = []

        def judged() -> Finding:
            watch(0)
            runs.append(start_runner(connection, asked_for, watch))
            return verdict_on(runs[0], asked_for)

        found = _asked(RUNNER, connection, judged)
        if runs and was_overdue(runs[0], asked_for):
            counted = DeviceRunEvidence(overdue=asked_for.overdue + 1).json()
            found = replace(found, evidence={**found.evidence, **counted})
        if runs and runs[0].limited.changed:
            raise _spoiled(measured.submission.id, found, runs[0].limited.changed)
        return found


class Seldom:
    """Says yes a few times a second at most: a runner may print its progress a million times."""

    def __init__(self, seconds: float = 0.25) -> None:
        self._seconds = seconds
        self._last = -seconds

    def __call__(self) -> bool:
        """Whether it is time again."""
        now = time.monotonic()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


def _spoiled(student: str, found: Measurement, changed: tuple[str, ...]) -> Spoiled:
    """The verdict on a runner that left its folder: a person looks, and the board rests."""
    named = ", ".join(path[:100] for path in changed[:5])
    where = DeviceEvidence.read(found).device
    what = f"while it ran, {named} changed on {where}"
    review = "; ".join(filter(None, (found.review, what))) if found.passed else found.review
    evidence = {**found.evidence, **DeviceRunEvidence(changed=changed).json()}
    why = f"while {student}'s runner ran, {named} changed there: look, and put it right"
    return Spoiled(replace(found, review=review, evidence=evidence), why)


def ours_of(measured: Measured, data: TestSet) -> Ours:
    """What was measured of the hand-in here, for its runner's number to stand beside."""
    known = {each.id: each for each in measured.measurements}
    checkpoint = _fraction(known[ACCURACY])
    assert checkpoint is not None
    program = known.get(PROGRAM)
    return Ours(
        checkpoint=checkpoint,
        program=None if program is None else _fraction(program),
        total=data.images,
        sample=data.is_sample,
    )


def _fraction(measurement: Measurement) -> float | None:
    tally = TallyEvidence.read(measurement)
    return None if tally.correct is None or tally.total is None else tally.correct / tally.total


def _asked(id: str, connection: Connection, question: Callable[[], Finding]) -> Measurement:
    """As `asked`, with the board's name; a lost connection is no verdict: it is raised."""
    lost: list[Lost] = []

    def unless_lost() -> Finding:
        try:
            return question()
        except Lost as error:
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
