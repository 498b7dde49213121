"""Measures each hand-in of a class once, in many workers; a later run continues an earlier one."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.batch.fingerprint import fingerprint
from grader.batch.measured_store import MeasuredStore
from grader.batch.sources import Source, identify
from grader.batch.workers import (
    Died,
    Engine,
    ExecutorFactory,
    Outcome,
    Raised,
    Task,
    Workers,
    spawned,
)
from grader.errors import GraderError, HarnessError
from grader.evaluators.conditions import Conditions, NetworkConditions, Watch
from grader.evidence.ids import LATENCY, WORKER
from grader.fleet.measure import ClassDevices, measure_on_devices
from grader.fleet.pending import from_a_device, pending_measurements
from grader.pipeline import measure_one, needs_second_timing, setup_now, time_one, timed_on
from grader.types import Event, Measured, Measurement, Status, Submission

_FREE_MEMORY = "Free some memory or use fewer --jobs, then grade again: this hand-in is retried."

# Steps of the events about the whole class. `of` is the work of this run, without earlier runs'
# work; the first event of each step has `done` 0.
MEASURED = "measured"
TIMED = "timed"
TIMED_AGAIN = "timed again"
ON_DEVICES = "on devices"


Key = tuple[str, str]  # of a hand-in: equal for the same bytes of the same student


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """The two steps for one hand-in: functions that a worker can import by name.

    `measure` may run in several workers at once. `time` runs alone, and always adds the measurement
    `latency.executorch`, with any status; it is called again if the machine was busy.
    """

    measure: Callable[[Path, Conditions, Watch], Measured]
    time: Callable[[Measured, Conditions, Watch], Measured]


PIPELINE = Stages(measure=measure_one, time=time_one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The settings for a class: its conditions, its workers, and its devices, if any.

    `is_timed` is False if no latency is measured, although the lab asks for it. `elsewhere` makes
    the engine that measures on other machines; timing is always done here.
    """

    conditions: Conditions
    is_timed: bool = True
    elsewhere: Callable[[Watch], Engine] | None = None
    jobs: int = 1
    stages: Stages = PIPELINE
    executor: ExecutorFactory = spawned
    devices: ClassDevices = field(default_factory=ClassDevices)


def grade_batch(
    sources: Sequence[Path], plan: Plan, store: MeasuredStore, watch: Watch
) -> tuple[Measured, ...]:
    """Measure every source that `store` does not have yet, and return all, by student id.

    Each result is saved as soon as it is ready: an interrupt or a kill loses only the measurements
    in progress. If the lab asks for latency, it comes last, one hand-in at a time, with no other
    worker running. Hand-ins during whose timing the machine was busy are timed once again after all
    others. Then come the measurements on devices, on all of them at once. An ERROR is saved too,
    but the next run tries it again. `watch` is called in this thread.

    Raises `GraderError` when results cannot be saved or the conditions cannot be met. A hand-in
    that cannot be measured becomes an ERROR, and the others continue.
    """
    conditions = replace(plan.conditions, secret=store.secret())
    plan = replace(plan, conditions=conditions)
    identified = identify(sources, conditions.lab)
    different = tuple({source.key: source for source in identified}.values())
    run = _Run(plan=plan, store=store, watch=watch)
    graded = run.found(different)
    graded |= run.put_through(
        MEASURED,
        plan.jobs,
        [
            _Job(
                source=source,
                before=_unmeasured(source, conditions),
                task=Task(
                    name=source.name,
                    function=plan.stages.measure,
                    arguments=(source.path, conditions),
                ),
            )
            for source in different
            if source.key not in graded
        ],
    )
    if conditions.lab.is_timed and plan.is_timed:
        graded |= run.time_all(different, graded)
    return tuple(_named(source, graded[source.key]) for source in identified)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """A hand-in in a stage: its measurements so far, and the task to run."""

    source: Source
    before: Measured
    task: Task


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Runs a stage for hand-ins, and saves its results."""

    plan: Plan
    store: MeasuredStore
    watch: Watch

    def found(self, sources: Sequence[Source]) -> dict[tuple[str, str], Measured]:
        """Return what earlier runs measured of these bytes, by the hand-in's key."""
        wanted = {
            (each.student, fingerprint(each.sha256, self.plan.conditions)): each for each in sources
        }
        found = {
            wanted[key].key: self._reusable(measured, wanted[key])
            for key, measured in self.store.all_measured(wanted).items()
        }
        return {key: measured for key, measured in found.items() if measured is not None}

    def _reusable(self, measured: Measured, source: Source) -> Measured | None:
        """Return the measurements to keep; a latency ERROR is left out, so it is timed again.

        Return None if another measurement was an ERROR: the hand-in is measured again. An ERROR of
        a device is kept until the next run on a device.
        """
        if has_errors(measured):
            return None
        kept = tuple(
            each
            for each in measured.measurements
            if each.id != LATENCY or each.status is not Status.ERROR
        )
        submission = replace(measured.submission, source=source.path)
        return replace(measured, submission=submission, measurements=kept)

    def time_all(
        self, sources: Sequence[Source], graded: Mapping[Key, Measured]
    ) -> dict[Key, Measured]:
        """Time the hand-ins, here and on the plan's devices; return their measurements by key."""
        after = dict(graded)
        untimed = [each for each in sources if not _has(after[each.key], LATENCY, WORKER)]
        after |= self.time(TIMED, untimed, after)
        disturbed = [each for each in sources if self.is_timed_again(after[each.key])]
        after |= self.time(TIMED_AGAIN, disturbed, after)
        if self.plan.devices.devices:
            after |= self.measure_on_devices({each.key: each for each in sources}, after)
        return after

    def is_timed_again(self, measured: Measured) -> bool:
        """True if this machine was busy during the timing, and has not repeated it yet."""
        here = setup_now(self.plan.conditions).machine
        return needs_second_timing(measured) and timed_on(measured) == here

    def time(
        self, step: str, sources: Sequence[Source], graded: Mapping[Key, Measured]
    ) -> dict[Key, Measured]:
        """Time the hand-ins, one after the other; return their measurements by key."""
        plan = self.plan
        jobs = [
            _Job(
                source=source,
                before=graded[source.key],
                task=Task(
                    name=source.name,
                    function=plan.stages.time,
                    arguments=(graded[source.key], plan.conditions),
                ),
            )
            for source in sources
        ]
        return self.put_through(step, 1, jobs)

    def put_through(
        self, step: str, jobs: int, work: Sequence[_Job]
    ) -> dict[tuple[str, str], Measured]:
        """Run the jobs and return each hand-in's measurements afterwards, by its key."""
        by_name = {job.task.name: job for job in work}
        after: dict[tuple[str, str], Measured] = {}
        engine: Engine = Workers(jobs=jobs, watch=self.watch, executor=self.plan.executor)
        if step == MEASURED and self.plan.elsewhere is not None:
            engine = self.plan.elsewhere(self.watch)
        self.watch(Event(student="", step=step, done=0, of=len(work)))
        with closing(engine.run(job.task for job in work)) as outcomes:
            for task, outcome in outcomes:
                job = by_name[task.name]
                blamed = WORKER if step == MEASURED else LATENCY
                after[job.source.key] = self._saved(job, _after(job, outcome, blamed))
                self.watch(Event(student=task.name, step=step, done=len(after), of=len(work)))
        return after

    def measure_on_devices(
        self, sources: Mapping[Key, Source], graded: Mapping[Key, Measured]
    ) -> dict[Key, Measured]:
        """Run missing device measurements; return each hand-in's measurements then, by its key."""
        conditions = self.plan.conditions
        assert isinstance(conditions, NetworkConditions)  # devices measure networks
        lab = conditions.lab
        waiting = {key: graded[key] for key in sources if pending_measurements(graded[key], lab)}
        total = sum(len(pending_measurements(each, lab)) for each in waiting.values())
        after: dict[Key, Measured] = {}
        self.watch(Event(student="", step=ON_DEVICES, done=0, of=total))
        with closing(
            measure_on_devices(waiting, self.plan.devices, conditions, self.watch)
        ) as found:
            for done, (key, measured) in enumerate(found, start=1):
                after[key] = self._kept(sources[key].student, measured)
                student = measured.submission.id
                self.watch(Event(student=student, step=ON_DEVICES, done=done, of=total))
        return after

    def _kept(self, student: str, measured: Measured) -> Measured:
        key = fingerprint(measured.submission.sha256, self.plan.conditions)
        self.store.save(student, key, measured)
        saved = self.store.measured(student, key)
        assert saved is not None
        return saved

    def _saved(self, job: _Job, measured: Measured) -> Measured:
        """Save `measured`, and return it as the next run will read it.

        The fingerprint is of the bytes that were measured; they differ from the bytes that were
        hashed first if the file changed in between.
        """
        student = job.source.student
        key = fingerprint(measured.submission.sha256, self.plan.conditions)
        try:
            self.store.save(student, key, measured)
        except HarnessError as error:
            self.store.save(student, key, _after(job, Raised(error=error), WORKER))
        saved = self.store.measured(student, key)
        assert saved is not None
        return saved


def has_errors(measured: Measured) -> bool:
    """True if a measurement other than the latency and those on devices is an ERROR."""
    return any(
        each.status is Status.ERROR and each.id != LATENCY and not from_a_device(each)
        for each in measured.measurements
    )


def _unmeasured(source: Source, conditions: Conditions) -> Measured:
    submission = Submission(id=source.student, source=source.path, sha256=source.sha256)
    return Measured(submission=submission, measurements=(), setup=setup_now(conditions))


def _after(job: _Job, outcome: Outcome, blamed: str) -> Measured:
    """Return a hand-in's measurements after `outcome`: with an ERROR of `blamed` if it failed.

    A measurement that exists already stays: it was repeated only for steadier times. Raises the
    outcome's `GraderError`, because every other hand-in would raise it too.
    """
    match outcome:
        case Measured():
            return outcome
        case Raised(error=GraderError() as error):
            raise error
        case Raised(error=MemoryError()):
            reason = "The grader ran out of memory while it measured this hand-in."
            help_ = _FREE_MEMORY
        case Raised(error=error):
            reason = f"The grader failed: {type(error).__name__}: {error}"
            help_ = "Report this to the grader's authors. The next run tries again."
        case Died():
            reason = "The worker process for this hand-in died twice, the second time alone."
            help_ = f"The usual cause is too little memory. {_FREE_MEMORY}"
    if _has(job.before, blamed):
        return job.before
    error_of = Measurement(id=blamed, status=Status.ERROR, reason=reason, help=help_)
    return replace(job.before, measurements=(*job.before.measurements, error_of))


def _has(measured: Measured, *ids: str) -> bool:
    return any(each.id in ids for each in measured.measurements)


def _named(source: Source, measured: Measured) -> Measured:
    """Return `measured` with the id and the path of `source`: it can be an earlier run's."""
    submission = replace(measured.submission, id=source.student, source=source.path)
    return replace(measured, submission=submission)
