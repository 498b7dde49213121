"""One hand-in on one board: what is brought there, and what to think of what came back."""

import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from grader.devices.connection import Connection, Lost
from grader.devices.health import Health
from grader.devices.limited import Limited, Limits
from grader.devices.pool import LOCAL
from grader.devices.session import Programs, machine, run_runner, time_program
from grader.devices.workspace import Tree
from grader.errors import Fault
from grader.lab import LabSpec, RunnerSpec
from grader.pipeline import Conditions, Measured, exported_program, scratch, unpacked_again
from grader.sandbox import Isolation, Outcome
from grader.types import Event, Json, Measurement, Role, Status, Submission
from grader.verdicts import asked

if TYPE_CHECKING:
    from grader.evaluators import Finding
    from grader.evaluators.executable import Executable
    from grader.evaluators.runner_verdict import Ours

DEVICE_LATENCY = "latency.device"
RUNNER = "accuracy.runner"
_TIMED_OUT = 124  # what timeout(1) ends with
_NOT_STARTED = frozenset({126, 127})  # a shell's exit codes
_TELLER = re.compile(r"^\S*sh: (?:line )?\d+: (?:exec: )?\S+: (.{1,100})", re.MULTILINE)
_REFUSALS = {
    "not found": "ENOENT",
    "No such file or directory": "ENOENT",
    "cannot execute: required file not found": "ENOENT",
    "Exec format error": "ENOEXEC",
}

Tell = Callable[[Event], None]


def runner_is_owed(measured: Measured, lab: LabSpec) -> bool:
    """Whether there is a runner that no board has settled yet."""
    roles = {file.role for file in measured.submission.files}
    if lab.runner is None or not {Role.RUNNER, Role.PROGRAM} <= roles:
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
                programs = self._programs(measured.submission, work)
                timed = partial(_timed, connection, programs)
                known[DEVICE_LATENCY] = _asked(DEVICE_LATENCY, connection, timed)
                tell(_event(measured, connection, "latency", 1, 1))
            if runner_is_owed(measured, self.conditions.lab):
                submission = unpacked_again(measured.submission, work, self.conditions.lab)
                found = self._ran(connection, replace(measured, submission=submission), tell)
                known |= {} if found is None else {RUNNER: found}
        return replace(measured, measurements=tuple(known.values()))

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
        accuracy = partial(self._accuracy, connection, executable, measured, tell)
        return _asked(RUNNER, connection, accuracy)

    def _accuracy(
        self, connection: Connection, executable: "Executable", measured: Measured, tell: Tell
    ) -> "Finding":
        from grader.evaluators.printed import LINE_LETTERS, read_printed
        from grader.evaluators.runner_verdict import Ran, judge

        lab, submission = self.conditions.lab, measured.submission
        spec, total = _spec(lab), self.conditions.data.images
        runner, program = submission.file(Role.RUNNER), submission.file(Role.PROGRAM)
        assert runner is not None
        assert program is not None
        place = lab.layout.path(Role.RUNNER, submission.id)
        tree = Tree(
            files={place: runner.path, lab.layout.path(Role.PROGRAM, submission.id): program.path},
            data=self.conditions.data.path,
            data_sha256=self.conditions.data.sha256,
            data_place=spec.data,
            executables=frozenset({place}),
        )

        done = re.compile(spec.progress_pattern)

        def progress(line: str) -> None:
            if done.search(line[:LINE_LETTERS]) and (said := read_printed(line, spec).looked_at):
                tell(_event(measured, connection, "runner", min(said, total), total))

        limits = limits_of(lab)
        run = run_runner(connection, tree, (f"./{place}", *spec.arguments), limits, progress)
        outcome = outcome_of(run.limited, limits)
        refusal = refusal_of(outcome)
        ran = Ran(name=runner.name, executable=executable, outcome=outcome, refusal=refusal)
        there: dict[str, Json] = {
            "isolation": ", ".join(run.limited.held) or "none",
            "health": [_looked(run.before), _looked(run.after)],
        }
        try:
            found = judge(ran, ours_of(measured, total, self.conditions.data.is_sample), spec)
        except Fault as fault:
            fault.evidence |= there
            raise
        return replace(found, evidence={**found.evidence, **there})


def limits_of(lab: LabSpec) -> Limits:
    """What a runner may use of a board: as here, by the clock twice its processor time."""
    from grader.evaluators.runner import PRINTED_BYTES, SPARE_SECONDS

    return Limits(
        seconds=2 * lab.limits.runner_seconds + SPARE_SECONDS,
        cpu_seconds=lab.limits.runner_seconds,
        output_bytes=PRINTED_BYTES,
    )


def outcome_of(limited: Limited, limits: Limits) -> Outcome:
    """How a program on a board ended, in the words for one that ran here."""
    ended = limited.ended
    late = ended.stopped == "time" or ended.returncode == _TIMED_OUT
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


def ours_of(measured: Measured, total: int, sample: bool) -> "Ours":
    """What was measured of the hand-in here, for its runner's number to stand beside."""
    from grader.evaluators.runner_verdict import Ours

    known = {each.id: each for each in measured.measurements}
    checkpoint = _fraction(known["accuracy.pytorch"])
    assert checkpoint is not None
    program = known.get("accuracy.program")
    return Ours(
        checkpoint=checkpoint,
        program=None if program is None else _fraction(program),
        total=total,
        sample=sample,
    )


def _fraction(measurement: Measurement) -> float | None:
    correct, total = measurement.evidence.get("correct"), measurement.evidence.get("total")
    return correct / total if isinstance(correct, int) and isinstance(total, int) else None


def _timed(connection: Connection, programs: Programs) -> "Finding":
    import numpy as np

    from grader.evaluators import Finding
    from grader.evaluators.latency import Timed, row

    timing = time_program(connection, programs)
    times = timing.times
    timed = Timed(pruned=np.array(times.program), unpruned=np.array(times.unpruned))
    of_threads = row(times.threads, timed)
    p50 = of_threads["p50"]
    assert isinstance(p50, float)
    held_back = "it was throttled while the latency was measured, twice"
    return Finding(
        value=p50,
        unit="ms",
        evidence={
            "measured_by": times.by,
            "attempts": timing.attempts,
            "warm_up": times.warm_up,
            "runs": len(times.program),
            "threads": [of_threads],
            "health": [_looked(timing.before), _looked(timing.after)],
        },
        review=f"{connection.spec.name}: {held_back}" if timing.throttled else None,
    )


def _looked(health: Health) -> Json:
    return {
        "temperature_c": health.temperature_c,
        "throttled": health.throttled,
        "governor": health.governor,
        "clock_mhz": health.clock_mhz,
    }


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


def _spec(lab: LabSpec) -> RunnerSpec:
    assert lab.runner is not None
    return lab.runner


def _event(measured: Measured, connection: Connection, step: str, done: int, of: int) -> Event:
    step = f"{step} on {connection.spec.name}"
    return Event(student=measured.submission.id, step=step, done=done, of=of)
