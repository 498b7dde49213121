"""The evaluators: one question each, asked of a rebuilt network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.evaluators.accuracy import measure_accuracy
from grader.evaluators.executorch import measure_exported, measure_submitted
from grader.evaluators.flops import measure_mflops
from grader.evaluators.runner import measure_runner
from grader.evaluators.subject import Finding, Images, Subject
from grader.types import Role

__all__ = ["EVALUATORS", "Evaluator", "Finding", "Images", "Subject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluator:
    """`measure` answers, or raises `Fault`, `Skip` or `HarnessError`.

    It is asked only if every measurement that it `requires` passed, and only in labs that ask for
    a file of the role `about`.
    """

    measure: Callable[[Subject], Finding]
    about: Role = Role.CHECKPOINT
    requires: tuple[str, ...] = ("structure.lineage",)


EVALUATORS: Mapping[str, Evaluator] = {
    "mflops": Evaluator(measure=measure_mflops),
    "accuracy.pytorch": Evaluator(measure=measure_accuracy),
    "accuracy.executorch": Evaluator(measure=measure_exported),
    "accuracy.program": Evaluator(
        measure=measure_submitted,
        about=Role.PROGRAM,
        requires=("structure.lineage", "accuracy.pytorch"),
    ),
    "accuracy.runner": Evaluator(measure=measure_runner, about=Role.RUNNER),
}
