"""The evaluators: one question each, asked of a hand-in or of its rebuilt network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.evaluators.accuracy import measure_accuracy
from grader.evaluators.executorch import measure_exported, measure_submitted
from grader.evaluators.flops import measure_mflops
from grader.evaluators.notebook import measure_notebook
from grader.evaluators.opened import Opened
from grader.evaluators.runner.here import measure_runner
from grader.evaluators.subject import Finding, Images, Subject
from grader.types import Role

__all__ = [
    "EVALUATORS",
    "Evaluator",
    "FileEvaluator",
    "Finding",
    "Images",
    "Opened",
    "Subject",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluator:
    """Asks about the network: `measure` answers, or raises `Fault`, `Skip` or `HarnessError`.

    It is asked only if every measurement that it `requires` passed, and only in labs that ask for
    a file of the role `about`.
    """

    measure: Callable[[Subject], Finding]
    about: Role = Role.CHECKPOINT
    requires: tuple[str, ...] = ("structure.lineage",)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEvaluator:
    """As `Evaluator`, about a file alone: asked whatever became of the network and its checks."""

    measure: Callable[[Opened], Finding]
    about: Role


EVALUATORS: Mapping[str, Evaluator | FileEvaluator] = {
    "mflops": Evaluator(measure=measure_mflops),
    "accuracy.pytorch": Evaluator(measure=measure_accuracy),
    "accuracy.executorch": Evaluator(measure=measure_exported),
    "accuracy.program": Evaluator(
        measure=measure_submitted,
        about=Role.PROGRAM,
        requires=("structure.lineage", "accuracy.pytorch"),
    ),
    "accuracy.runner": Evaluator(measure=measure_runner, about=Role.RUNNER),
    "notebook": FileEvaluator(measure=measure_notebook, about=Role.NOTEBOOK),
}
