"""The evaluators: one question each, asked of a rebuilt network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.evaluators.accuracy import measure_accuracy
from grader.evaluators.executorch import measure_exported, measure_submitted
from grader.evaluators.flops import measure_mflops
from grader.evaluators.subject import Finding, Images, Subject

__all__ = ["EVALUATORS", "Evaluator", "Finding", "Images", "Subject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluator:
    """`measure` answers, or raises `Fault`, `Skip` or `HarnessError`.

    It is asked only if every measurement that it `requires` passed.
    """

    measure: Callable[[Subject], Finding]
    requires: tuple[str, ...] = ("structure.lineage",)


EVALUATORS: Mapping[str, Evaluator] = {
    "mflops": Evaluator(measure=measure_mflops),
    "accuracy.pytorch": Evaluator(measure=measure_accuracy),
    "accuracy.executorch": Evaluator(measure=measure_exported),
    "accuracy.program": Evaluator(
        measure=measure_submitted, requires=("structure.lineage", "accuracy.pytorch")
    ),
}
