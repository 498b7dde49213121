"""Runs every check of a hand-in in order; checks of files run beside those of the network."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from grader.datasets.dataset import TestSet
from grader.evaluators.conditions import NetworkConditions, Watch
from grader.evaluators.latency import measure_latency
from grader.evaluators.lineage import Lineage, rebuild_submission
from grader.evaluators.questions import measure_question
from grader.evaluators.received import Received
from grader.evaluators.registry import EVALUATORS, Evaluator, FileEvaluator
from grader.evaluators.unpacked import UnpackedSubmission
from grader.evidence import ids
from grader.evidence.run_check import run_check, skipped
from grader.types import Event, Finding, Measurement, Submission

_BESIDE = 3  # the notebook, the questions that wait for it, and the comparison of the logits

__all__ = ["Ran", "measure_latency", "program_of", "run_all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """All measurements, and the network's exported program; None if it could not be run."""

    measurements: tuple[Measurement, ...]
    program: bytes | None


def run_all(hand_in: Received, conditions: NetworkConditions, watch: Watch) -> Ran:
    """Run every check whose requirements passed; the others are SKIPPED.

    Raises `GraderError` if the test set is missing or has changed.
    """
    unpacked = _unpacked(hand_in.submission, conditions, hand_in.work, watch)
    wanted = {
        id: each for id, each in EVALUATORS.items() if each.about in unpacked.lab.layout.paths
    }
    with ThreadPoolExecutor(_BESIDE) as beside:
        files = {
            id: beside.submit(run_check, id, partial(each.measure, unpacked))
            for id, each in wanted.items()
            if isinstance(each, FileEvaluator)
        }
        answers = beside.submit(_questions, unpacked, files.get(ids.NOTEBOOK))
        made = {each.id: each for each in hand_in.intake}
        lineage = _Lineage(unpacked, conditions.data, hand_in.message)
        made[ids.LINEAGE] = run_check(ids.LINEAGE, lineage.rebuild)
        if made[ids.LINEAGE].passed:
            compared = beside.submit(run_check, ids.LINEAGE, lineage.found.measure)
        for id, evaluator in wanted.items():
            unpacked.watch(id, 0, 1)
            if isinstance(evaluator, FileEvaluator):
                made[id] = files[id].result()
            else:
                made[id] = _run_evaluator(id, evaluator, lineage, made)
            unpacked.watch(id, 1, 1)
        if made[ids.LINEAGE].passed:
            made[ids.LINEAGE] = _with_more_seconds(compared.result(), made[ids.LINEAGE].seconds)
            _skip_without_lineage(wanted, made)
        measurements = (*made.values(), *answers.result())
    program = lineage.found.rebuilt.program if made[ids.EXECUTORCH].passed else None
    return Ran(measurements=measurements, program=program)


def program_of(
    submission: Submission, conditions: NetworkConditions, work: Path, watch: Watch
) -> bytes:
    """The XNNPACK program of the network that `submission` holds, lowered again.

    Raises as `rebuild_submission` does if it has none.
    """
    unpacked = _unpacked(submission, conditions, work, watch)
    return rebuild_submission(unpacked, conditions.data).rebuilt.program


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


class _Lineage:
    """Keeps the rebuilt hand-in. The comparison with its own module is still to come."""

    def __init__(
        self, unpacked: UnpackedSubmission, data: TestSet, message: Future[bytes] | None
    ) -> None:
        self._unpacked, self._data, self._message = unpacked, data, message
        self._found: Lineage | None = None

    def rebuild(self) -> Finding:
        self._found = rebuild_submission(self._unpacked, self._data, self._message)
        return Finding(value=self._found.parameters)

    @property
    def found(self) -> Lineage:
        assert self._found is not None
        return self._found


def _with_more_seconds(measurement: Measurement, seconds: float) -> Measurement:
    return replace(measurement, seconds=measurement.seconds + seconds)


def _run_evaluator(
    id: str, evaluator: Evaluator, lineage: _Lineage, made: Mapping[str, Measurement]
) -> Measurement:
    lacking = _lacking(evaluator, made)
    if lacking is not None:
        return skipped(id, lacking, tuple(made.values()))
    return run_check(id, partial(evaluator.measure, lineage.found.rebuilt))


def _lacking(evaluator: Evaluator, made: Mapping[str, Measurement]) -> str | None:
    """The first measurement that the check needs and that did not pass; None if all passed."""
    return next((each for each in evaluator.requires if not made[each].passed), None)


def _skip_without_lineage(
    wanted: Mapping[str, Evaluator | FileEvaluator], made: dict[str, Measurement]
) -> None:
    """Replace what was measured beside a comparison that failed, as if it had been made first."""
    for id, evaluator in wanted.items():
        if isinstance(evaluator, Evaluator) and (lacking := _lacking(evaluator, made)):
            made[id] = skipped(id, lacking, tuple(made.values()))


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
