"""One hand-in on one board: what is brought there, and what to think of what came back."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from grader.data import TestSet
from grader.devices.connection import Connection, Lost
from grader.devices.pool import LOCAL
from grader.devices.session import Programs, machine
from grader.errors import Fault
from grader.lab import LabSpec
from grader.pipeline import Conditions, Measured, exported_program, scratch, unpacked_again
from grader.sandbox import Isolation
from grader.types import Event, Measurement, Role, Status, Submission
from grader.verdicts import asked

if TYPE_CHECKING:
    from grader.evaluators import Finding
    from grader.evaluators.runner_verdict import Ours

DEVICE_LATENCY = "latency.device"
RUNNER = "accuracy.runner"
CHECKPOINT = "accuracy.pytorch"

Tell = Callable[[Event], None]


def runner_is_owed(measured: Measured, lab: LabSpec) -> bool:
    """Whether there is a runner that no board has settled yet."""
    roles = {file.role for file in measured.submission.files}
    if lab.runner is None or not {Role.RUNNER, Role.PROGRAM} <= roles:
        return False
    if not measured.passed(CHECKPOINT):  # with nothing beside it, its number says nothing
        return False
    return not any(each.id == RUNNER and is_settled(each) for each in measured.measurements)


def is_settled(measurement: Measurement) -> bool:
    """Whether a board gave this verdict: one that is not to be asked for again."""
    return from_a_device(measurement) and measurement.status in {Status.PASSED, Status.FAILED}


def from_a_device(measurement: Measurement) -> bool:
    """Whether a board had its hand in this."""
    return measurement.id == DEVICE_LATENCY or "device" in measurement.evidence


def may_run(connection: Connection, conditions: Conditions) -> bool:
    """Whether a hand-in's runner may be started over this connection.

    On this machine it runs in the sandbox or not at all, unless the user said otherwise: as a board
    it has no walls.
    """
    unprotected = conditions.isolation is Isolation.UNSANDBOXED
    return connection.spec.address != LOCAL or unprotected


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is done with a hand-in on a board. Several boards may do it at once, in threads."""

    conditions: Conditions
    # Exporting uses torch and this process's stderr, which have no place for two at a time.
    _exporting: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, connection: Connection, measured: Measured, tell: Tell) -> Measured:
        """Add what the board measures; what it cannot say anything of stays as it was.

        Raises `Lost`, `GraderError`, and `HarnessError` for what concerns both.
        """
        known = {each.id: each for each in measured.measurements}
        with scratch(self.conditions) as work:
            if not (DEVICE_LATENCY in known and is_settled(known[DEVICE_LATENCY])):
                tell(_event(measured, connection, "latency", 0, 1))
                known[DEVICE_LATENCY] = self._timed(connection, measured.submission, work)
                tell(_event(measured, connection, "latency", 1, 1))
            if runner_is_owed(measured, self.conditions.lab):
                submission = unpacked_again(measured.submission, work, self.conditions.lab)
                found = self._ran(connection, replace(measured, submission=submission), tell)
                known |= {} if found is None else {RUNNER: found}
        return replace(measured, measurements=tuple(known.values()))

    def _timed(self, connection: Connection, submission: Submission, work: Path) -> Measurement:
        from grader.evaluators.device_latency import measure_latency_on_device

        programs = self._programs(submission, work)
        latency = partial(measure_latency_on_device, connection, programs)
        return _asked(DEVICE_LATENCY, connection, latency)

    def _programs(self, submission: Submission, work: Path) -> Programs:
        from grader.evaluators.latency import unpruned_program
        from grader.inference.xnnpack import save

        program = work / "exported.pte"
        unpruned = self.conditions.work / "programs" / "unpruned.pte"
        with self._exporting:
            exported = exported_program(submission, self.conditions, lambda _event: None)
            program.write_bytes(exported)
            if not unpruned.exists():
                save(unpruned_program(self.conditions.lab), unpruned)
        sha256 = hashlib.sha256(unpruned.read_bytes()).hexdigest()
        return Programs(program=program, unpruned=unpruned, unpruned_sha256=sha256)

    def _ran(self, connection: Connection, measured: Measured, tell: Tell) -> Measurement | None:
        """What became of the runner; None where this board is not the one to say."""
        from grader.evaluators.device_runner import ForABoard, measure_runner_on_device
        from grader.evaluators.executable import identify

        runner = measured.submission.file(Role.RUNNER)
        assert runner is not None
        if not may_run(connection, self.conditions):
            return None
        try:
            executable = identify(runner)
        except Fault:  # which is said already
            return None
        if executable.machine not in {None, machine(connection)}:
            return None
        asked_for = ForABoard(
            submission=measured.submission,
            executable=executable,
            lab=self.conditions.lab,
            data=self.conditions.data,
            ours=ours_of(measured, self.conditions.data),
        )
        total = self.conditions.data.images

        def watch(done: int) -> None:
            tell(_event(measured, connection, "runner", done, total))

        accuracy = partial(measure_runner_on_device, connection, asked_for, watch)
        return _asked(RUNNER, connection, accuracy)


def ours_of(measured: Measured, data: TestSet) -> "Ours":
    """What was measured of the hand-in here, for its runner's number to stand beside."""
    from grader.evaluators.runner_verdict import Ours

    known = {each.id: each for each in measured.measurements}
    checkpoint = _fraction(known[CHECKPOINT])
    assert checkpoint is not None
    program = known.get("accuracy.program")
    return Ours(
        checkpoint=checkpoint,
        program=None if program is None else _fraction(program),
        total=data.images,
        sample=data.is_sample,
    )


def _fraction(measurement: Measurement) -> float | None:
    correct, total = measurement.evidence.get("correct"), measurement.evidence.get("total")
    return correct / total if isinstance(correct, int) and isinstance(total, int) else None


def _asked(id: str, connection: Connection, question: "Callable[[], Finding]") -> Measurement:
    """As `asked`, with the board's name; a lost connection is no verdict: it is raised."""
    lost: list[Lost] = []

    def unless_lost() -> "Finding":
        try:
            return question()
        except Lost as error:
            lost.append(error)
            raise

    found = asked(id, unless_lost)
    if lost:
        raise lost[0]
    return replace(found, evidence={"device": connection.spec.name, **found.evidence})


def _event(measured: Measured, connection: Connection, step: str, done: int, of: int) -> Event:
    step = f"{step} on {connection.spec.name}"
    return Event(student=measured.submission.id, step=step, done=done, of=of)
