"""The evaluators by the id of their check; each measures a hand-in or its rebuilt network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.evaluators.accuracy import measure_accuracy
from grader.evaluators.executorch import measure_exported, measure_submitted
from grader.evaluators.flops import measure_mflops
from grader.evaluators.notebook import measure_notebook
from grader.evaluators.rebuilt import Images, RebuiltSubmission
from grader.evaluators.runner.here import measure_runner
from grader.evaluators.unpacked import UnpackedSubmission
from grader.evidence import ids
from grader.types import Finding, Role

__all__ = [
    "EVALUATORS",
    "Evaluator",
    "FileEvaluator",
    "Finding",
    "Images",
    "RebuiltSubmission",
    "UnpackedSubmission",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluator:
    """Measures the network: `measure` returns a finding or raises `Fault`, `Skip`, `HarnessError`.

    It runs only if every measurement that it `requires` passed, and only in labs that ask for a
    file of the role `about`.
    """

    measure: Callable[[RebuiltSubmission], Finding]
    about: Role = Role.CHECKPOINT
    requires: tuple[str, ...] = (ids.LINEAGE,)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEvaluator:
    """As `Evaluator`, for a file alone: it runs whether or not the network could be rebuilt."""

    measure: Callable[[UnpackedSubmission], Finding]
    about: Role


EVALUATORS: Mapping[str, Evaluator | FileEvaluator] = {
    ids.MFLOPS: Evaluator(measure=measure_mflops),
    ids.ACCURACY: Evaluator(measure=measure_accuracy),
    ids.EXECUTORCH: Evaluator(measure=measure_exported),
    ids.PROGRAM: Evaluator(
        measure=measure_submitted,
        about=Role.PROGRAM,
        requires=(ids.LINEAGE, ids.ACCURACY),
    ),
    ids.RUNNER: Evaluator(measure=measure_runner, about=Role.RUNNER),
    ids.NOTEBOOK: FileEvaluator(measure=measure_notebook, about=Role.NOTEBOOK),
}
