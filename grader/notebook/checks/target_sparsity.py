"""One number: the sparsity that leaves so many nonzeros of a tensor."""

import ast
import math

from grader.errors import Fault, Skip
from grader.evidence.question import Broken, NumberEvidence
from grader.notebook.cells import Call, run_calls
from grader.notebook.checks.judgement import Asked, Judgement
from grader.notebook.checks.literal import Unreadable, number
from grader.notebook.checks.prune_function import PRELUDE
from grader.notebook.source import parsed


def check_target_sparsity(asked: Asked) -> Judgement:
    """The property `nonzeros`: elements - round(elements * sparsity) are left.

    Arithmetic is worked out here; anything else is run in the sandbox. Raises `Skip` where neither
    gives a number, `HarnessError`.
    """
    settings = asked.question.settings
    assert settings.name is not None
    assert settings.elements is not None
    assert settings.nonzeros is not None
    try:
        value, how = number(asked.located.text, settings.name), "read"
    except Unreadable:
        value, how = _run(asked, settings.name), "run"
    # As the function that it is given to: below 0 is 0, above 1 is 1.
    left = settings.elements - round(settings.elements * min(max(value, 0.0), 1.0))
    told = f"{settings.name} is {value:.6g}, which leaves {left} of {settings.elements} weights"
    right = left == settings.nonzeros
    why = f"{told}, and not {settings.nonzeros}."
    return Judgement(
        held=("nonzeros",) if right else (),
        broken=() if right else (Broken(property="nonzeros", why=why),),
        seen=NumberEvidence(value=value, how=how, left=left),
    )


def _run(asked: Asked, name: str) -> float:
    """The number that the cell makes, its calls left out: they test or draw what it made."""
    tree = parsed(asked.located.text)
    if tree is None:
        raise Fault("The cell is not Python.", help=f"Write `{name} = ` and a number.")
    quiet = [each for each in tree.body if not isinstance(each, ast.Expr)]
    source = "\n".join(ast.unparse(each) for each in quiet)
    try:
        (answer,) = run_calls(
            source, [Call(name=name, arguments=None)], asked.bench, PRELUDE
        ).answers
    except Fault as fault:  # it may well need what other cells made
        raise Skip(f"{name} cannot be worked out from its cell alone: {fault.reason}") from fault
    value = answer.returned
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Skip(f"{name} is no number that can be read: a person judges it.")
    return float(value)
