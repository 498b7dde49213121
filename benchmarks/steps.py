"""Times the steps of one cold `grader check`: `python -m benchmarks.steps HAND_IN [OPTION…]`.

The options are those of `grader check`. Prints a table: when each step started and ended, in
seconds from the start of the process, and the seconds of processor of its thread. A child process
has one thread, so its seconds of processor are about those that it took. Nothing else should run.
"""

import contextlib
import importlib
import io
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

STARTED = time.perf_counter()
# module, function, the name of the step
STEPS = (
    ("grader.commands.check", "conditions_for", "look at the machine, start a sandbox once"),
    ("grader.pipeline", "_evaluators", "import torch"),
    ("grader.evaluators.received", "message_of", "child: read the checkpoint"),
    ("grader.evaluators.lineage", "rebuild", "rebuild the network (waits for the reader)"),
    ("grader.notebook.read", "run", "child: read the notebook"),
    ("grader.networks.own_logits", "run", "child: run the hand-in's own module"),
    ("grader.evaluators.flops", "count_operations", "count MFLOPs"),
    ("grader.evaluators.rebuilt", "program_logits", "the program on the images, this process"),
    ("grader.evaluators.own_pass", "run", "child: the program on its share of the images"),
    ("grader.inference.exact", "decide", "eager decides what is close, and 264 images"),
    ("grader.evaluators.latency", "unpruned_program", "lower the unpruned network"),
    ("grader.evaluators.latency", "_interleaved", "time both programs"),
    ("grader.commands.check", "detail", "write the report"),
)
BEFORE_TORCH = {"grader.commands.check", "grader.pipeline", "grader.evaluators.received"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step's start and end, and its thread's time on the processor, in seconds."""

    name: str
    started: float
    ended: float
    processor: float


def main() -> None:
    """Run the command in this process, with every step timed."""
    steps: list[Step] = []
    _time(steps, before_torch=True)
    check = importlib.import_module("grader.commands.check")
    imported = time.perf_counter() - STARTED
    pipeline = importlib.import_module("grader.pipeline")
    evaluators = vars(pipeline)["_evaluators"]

    def with_the_rest(conditions: object) -> Any:
        found = evaluators(conditions)
        if not any(step.name.startswith("rebuild") for step in steps):
            _time(steps, before_torch=False)
        return found

    vars(pipeline)["_evaluators"] = with_the_rest
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        check.app(sys.argv[1:])
    print("| step | from | to | seconds of processor |")
    print("| --- | ---: | ---: | ---: |")
    print(f"| import the command | 0.00 | {imported:.2f} | {imported:.2f} |")
    for step in sorted(steps, key=lambda each: each.started):
        taken = step.ended - step.started
        if taken >= 0.02:
            used = taken if step.name.startswith("child") else step.processor
            print(f"| {step.name} | {step.started:.2f} | {step.ended:.2f} | {used:.2f} |")
    print(f"| the end | | {time.perf_counter() - STARTED:.2f} | |")


def _time(steps: list[Step], *, before_torch: bool) -> None:
    """Replace the functions of `STEPS` by ones that note their times."""
    for module, function, name in STEPS:
        if (module in BEFORE_TORCH) == before_torch:
            found = importlib.import_module(module)
            setattr(found, function, _noted(getattr(found, function), name, steps))


def _noted(function: Callable[..., Any], name: str, steps: list[Step]) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        started, used = time.perf_counter(), time.thread_time()
        try:
            return function(*arguments, **named)
        finally:
            steps.append(
                Step(
                    name=name,
                    started=started - STARTED,
                    ended=time.perf_counter() - STARTED,
                    processor=time.thread_time() - used,
                )
            )

    return timed


if __name__ == "__main__":
    main()
