"""Runs every check of a hand-in in order; checks of files run beside those of the network."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader.datasets.dataset import TestSet
from grader.evaluators.conditions import NetworkConditions, Watch
from grader.evaluators.latency import measure_latency
from grader.evaluators.lineage import measure_lineage
from grader.evaluators.questions import measure_question
from grader.evaluators.rebuilt import RebuiltSubmission
from grader.evaluators.registry import EVALUATORS, Evaluator, FileEvaluator
from grader.evaluators.unpacked import UnpackedSubmission
from grader.evidence import ids
from grader.evidence.run_check import run_check, skipped
from grader.types import Event, Finding, Measurement, Submission

__all__ = ["Ran", "measure_latency", "program_of", "run_all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """All measurements, and the network's exported program; None if it could not be run."""

    measurements: tuple[Measurement, ...]
    program: bytes | None


def run_all(
    submission: Submission,
    intake: Sequence[Measurement],
    conditions: NetworkConditions,
    work: Path,
    watch: Watch,
) -> Ran:
    """Run every check whose requirements passed; the others are SKIPPED.

    `intake` has the measurements of the archive, `work` is a scratch folder for this submission.
    Raises `GraderError` if the test set is missing or has changed.
    """
    unpacked = _unpacked(submission, conditions, work, watch)
    wanted = {
        id: each for id, each in EVALUATORS.items() if each.about in unpacked.lab.layout.paths
    }
    with ThreadPoolExecutor(1) as beside:
        files = {
            id: beside.submit(run_check, id, partial(each.measure, unpacked))
            for id, each in wanted.items()
            if isinstance(each, FileEvaluator)
        }
        answers = beside.submit(_questions, unpacked, files.get(ids.NOTEBOOK))
        rebuilt = _Rebuilt(unpacked, conditions.data)
        made = {each.id: each for each in intake}
        made[ids.LINEAGE] = run_check(ids.LINEAGE, rebuilt.lineage)
        for id, evaluator in wanted.items():
            unpacked.watch(id, 0, 1)
            if isinstance(evaluator, FileEvaluator):
                made[id] = files[id].result()
            else:
                made[id] = _run_evaluator(id, evaluator, rebuilt, made)
            unpacked.watch(id, 1, 1)
        measurements = (*made.values(), *answers.result())
    program = rebuilt.submission.program if made[ids.EXECUTORCH].passed else None
    return Ran(measurements=measurements, program=program)


def program_of(
    submission: Submission, conditions: NetworkConditions, work: Path, watch: Watch
) -> bytes:
    """The XNNPACK program of the network that `submission` holds, lowered again.

    Raises as `measure_lineage` does if it has none.
    """
    unpacked = _unpacked(submission, conditions, work, watch)
    return measure_lineage(unpacked, conditions.data)[0].program


def _unpacked(
    submission: Submission, conditions: NetworkConditions, work: Path, watch: Watch
) -> UnpackedSubmission:
    return UnpackedSubmission(
        submission=submission,
        lab=conditions.lab,
        isolation=conditions.isolation,
        threads=conditions.threads,
        work=work,
        watch=lambda step, done, of: watch(
            Event(student=submission.id, step=step, done=done, of=of)
        ),
        pages=conditions.pages,
        checkpoint_key=conditions.checkpoint_key,
        secret=conditions.secret,
    )


class _Rebuilt:
    """Keeps the rebuilt hand-in once its lineage has passed."""

    def __init__(self, unpacked: UnpackedSubmission, data: TestSet) -> None:
        self._unpacked = unpacked
        self._data = data
        self._submission: RebuiltSubmission | None = None

    def lineage(self) -> Finding:
        self._submission, finding = measure_lineage(self._unpacked, self._data)
        return finding

    @property
    def submission(self) -> RebuiltSubmission:
        assert self._submission is not None
        return self._submission


def _run_evaluator(
    id: str, evaluator: Evaluator, rebuilt: _Rebuilt, made: Mapping[str, Measurement]
) -> Measurement:
    lacking = next((each for each in evaluator.requires if not made[each].passed), None)
    if lacking is not None:
        return skipped(id, lacking, tuple(made.values()))
    return run_check(id, partial(evaluator.measure, rebuilt.submission))


def _questions(
    unpacked: UnpackedSubmission, notebook: Future[Measurement] | None
) -> tuple[Measurement, ...]:
    """Check every question of the lab if the notebook could be read; the scorer gives points."""
    if notebook is None:  # a lab that asks for no notebook
        return ()
    read = notebook.result()
    return tuple(
        run_check(ids.question_id(each.id), partial(measure_question, unpacked, each))
        if read.passed
        else skipped(ids.question_id(each.id), ids.NOTEBOOK, (read,))
        for each in unpacked.lab.questions
    )
