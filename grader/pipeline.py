"""One hand-in from its bytes to its report; the one place where any exception becomes a verdict."""

import contextlib
import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from grader import __version__
from grader.datasets.cifar10 import TestSet
from grader.errors import GraderError, HarnessError
from grader.evaluators.run_check import asked, skipped
from grader.intake import receive
from grader.labs.spec import LabSpec
from grader.sandbox import Isolation, in_sight
from grader.scoring.grade import NO_MARKS, grade, question_id
from grader.types import (
    Event,
    Mark,
    Measurement,
    Provenance,
    Report,
    Setup,
    Status,
    Submission,
)

if TYPE_CHECKING:
    from grader.evaluators.registry import Finding, Opened, Subject

Watch = Callable[[Event], None]
LINEAGE = "structure.lineage"
LATENCY = "latency.executorch"
NOTEBOOK = "notebook"
PACKAGES = ("torch", "torchvision", "torch-pruning", "executorch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What all hand-ins of a batch are measured under; travels to the workers.

    `threads` is one worker's share of the processors. `work` is a scratch folder; exported programs
    stay there until latency has been measured. `pages` is where the pages made of notebooks are
    kept from run to run, as the measurements are; None keeps none.
    """

    lab: LabSpec
    data: TestSet
    isolation: Isolation
    threads: int
    work: Path
    pages: Path | None = None

    def program_path(self, submission: Submission) -> Path:
        """Where the exported program of a hand-in waits for its latency to be measured."""
        return self.work / "programs" / f"{submission.sha256}.pte"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A hand-in, everything measured of it so far, and what that was measured with."""

    submission: Submission
    measurements: tuple[Measurement, ...]
    setup: Setup

    def passed(self, id: str) -> bool:
        """Whether the measurement `id` was made and passed."""
        return any(each.id == id and each.passed for each in self.measurements)


def measure_one(source: Path, conditions: Conditions, watch: Watch) -> Measured:
    """Everything that may be measured beside other work: all but the latency.

    Raises `GraderError` if the test set is gone or changed, or if a file lies where another
    hand-in's program could read it; a bad hand-in raises nothing.
    """
    setup = setup_now(conditions)
    _check_sight(source, conditions)
    with scratch(conditions) as work:
        submission, intake = receive(source, work, conditions.lab)
        opened = _open(submission, conditions, work, watch)
        made = {each.id: each for each in intake}
        measurements = (*intake, *_evaluate(opened, conditions, made))
        return Measured(submission=submission, measurements=measurements, setup=setup)


def time_one(measured: Measured, conditions: Conditions, watch: Watch) -> Measured:
    """Adds the latency. Nothing else may run meanwhile: all processors are used."""
    from grader.evaluators.latency import measure_latency

    def timed() -> "Finding":
        watch(Event(student=measured.submission.id, step="latency", done=0, of=1))
        program = exported_program(measured.submission, conditions, watch)
        return measure_latency(program, conditions.lab, os.cpu_count() or 1)

    if measured.passed("accuracy.executorch"):
        latency = asked(LATENCY, timed)
    else:
        latency = skipped(LATENCY, "accuracy.executorch", measured.measurements)
    watch(Event(student=measured.submission.id, step="latency", done=1, of=1))
    rest = tuple(each for each in measured.measurements if each.id != LATENCY)
    return replace(measured, measurements=(*rest, latency))


def report_of(
    measured: Measured,
    conditions: Conditions,
    graded_at: str,
    marks: Mapping[str, Mark] = NO_MARKS,
) -> Report:
    """The report of what was measured, scored by the lab of `conditions` at `graded_at`.

    `marks` are what people gave this hand-in, by part.
    """
    return Report(
        submission=measured.submission,
        measurements=measured.measurements,
        grade=grade(conditions.lab, measured.measurements, marks, measured.submission.handed_in),
        provenance=Provenance(
            **asdict(measured.setup),
            lab=conditions.lab.name,
            lab_sha256=conditions.lab.sha256,
            graded_at=graded_at,
        ),
    )


def setup_now(conditions: Conditions) -> Setup:
    """What a hand-in measured here and now is measured with."""
    return Setup(
        grader=__version__,
        data_sha256=conditions.data.sha256,
        data_images=conditions.data.images,
        isolation=conditions.isolation.value,
        machine=f"{platform.system()} {platform.machine()}, {platform.node()}",
        packages={name: _version(name) for name in PACKAGES},
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


_version = cache(version)  # which reads a file, and is asked many times for each hand-in


def _check_sight(source: Path, conditions: Conditions) -> None:
    """Raises `GraderError` for what programs in the sandbox would see: it is in the system's place.

    A checkout in /usr/src is the usual way there.
    """
    if conditions.isolation is not Isolation.BUBBLEWRAP:
        return
    seen = (path for path in (source, conditions.data.path, conditions.work) if in_sight(path))
    for path in seen:
        raise GraderError(
            f"{path} lies where every program that is handed in could read it.",
            help="Move hand-ins, test set and results out of the system's and Python's folders.",
        )


@contextlib.contextmanager
def scratch(conditions: Conditions) -> Iterator[Path]:
    """A folder for one hand-in, gone afterwards."""
    conditions.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=conditions.work, prefix="hand-in-") as folder:
        yield Path(folder)


def _open(submission: Submission, conditions: Conditions, work: Path, watch: Watch) -> "Opened":
    from grader.evaluators.registry import Opened

    return Opened(
        submission=submission,
        lab=conditions.lab,
        isolation=conditions.isolation,
        threads=conditions.threads,
        work=work,
        watch=lambda step, done, of: watch(
            Event(student=submission.id, step=step, done=done, of=of)
        ),
        pages=conditions.pages,
    )


def _evaluate(
    opened: "Opened", conditions: Conditions, made: dict[str, Measurement]
) -> Iterator[Measurement]:
    """Structure, then every evaluator whose requirements passed; beside that, files alone."""
    from grader.evaluators.lineage import measure_lineage
    from grader.evaluators.registry import EVALUATORS, FileEvaluator

    subject: Subject | None = None

    def lineage() -> "Finding":
        nonlocal subject
        subject, finding = measure_lineage(opened, conditions.data)
        return finding

    wanted = {
        id: each for id, each in EVALUATORS.items() if each.about in conditions.lab.layout.paths
    }
    with ThreadPoolExecutor(1) as beside:
        files = {
            id: beside.submit(asked, id, partial(each.measure, opened))
            for id, each in wanted.items()
            if isinstance(each, FileEvaluator)
        }
        answers = beside.submit(_questions, opened, files.get(NOTEBOOK))
        made[LINEAGE] = asked(LINEAGE, lineage)
        yield made[LINEAGE]
        for id, evaluator in wanted.items():
            opened.watch(id, 0, 1)
            if isinstance(evaluator, FileEvaluator):
                made[id] = files[id].result()
            elif lacking := next(
                (each for each in evaluator.requires if not made[each].passed), ""
            ):
                made[id] = skipped(id, lacking, tuple(made.values()))
            else:
                assert subject is not None
                made[id] = asked(id, partial(evaluator.measure, subject))
            opened.watch(id, 1, 1)
            yield made[id]
        yield from answers.result()
    if subject is not None and made["accuracy.executorch"].passed:
        _keep(subject.program, conditions.program_path(opened.submission))


def _questions(opened: "Opened", notebook: Future[Measurement] | None) -> tuple[Measurement, ...]:
    """Every question of the lab, if the notebook could be read; the points are the scorer's."""
    from grader.evaluators.questions import measure_question

    if notebook is None:  # a lab that asks for none
        return ()
    read = notebook.result()
    return tuple(
        asked(question_id(each.id), partial(measure_question, opened, each))
        if read.passed
        else skipped(question_id(each.id), NOTEBOOK, (read,))
        for each in opened.lab.questions
    )


def _keep(program: bytes, path: Path) -> None:
    from grader.inference.xnnpack import save

    with contextlib.suppress(OSError):  # `time_one` exports again what could not be kept
        save(program, path)


def exported_program(submission: Submission, conditions: Conditions, watch: Watch) -> bytes:
    """The program as exported while measuring, or again where a kill has lost it.

    Raises `HarnessError` if the hand-in is no longer what was measured.
    """
    from grader.evaluators.lineage import measure_lineage

    kept = conditions.program_path(submission)
    if kept.exists():
        return kept.read_bytes()
    with scratch(conditions) as work:
        opened = _open(unpacked_again(submission, work, conditions.lab), conditions, work, watch)
        return measure_lineage(opened, conditions.data)[0].program


def unpacked_again(submission: Submission, work: Path, lab: LabSpec) -> Submission:
    """The same hand-in with its files in `work`. Raises `HarnessError` if it has changed since."""
    again, intake = receive(submission.source, work, lab)
    ours = next((each.reason for each in intake if each.status is Status.ERROR), None)
    if ours:
        raise HarnessError(f"{submission.source.name} could not be unpacked again: {ours}")
    if again.sha256 != submission.sha256:
        raise HarnessError(f"{submission.source.name} changed while it was being graded.")
    return again
