"""Checks magnitude pruning of one tensor by its results, not by its code.

The function is called in the sandbox, with tensors that are drawn for each hand-in. Its results are
judged here, against

    number of zeros = round(number of weights * sparsity)

as in the lab's assignment. If equal weights are at the threshold, more of them may become zero.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch

from grader.errors import Fault, Skip
from grader.evidence.question import Broken, FunctionEvidence
from grader.notebook.cells import Answer, Call, NotLoaded, Raised, run_calls
from grader.notebook.checks.judgement import Asked, Judgement
from grader.notebook.checks.prune_cases import (
    END,
    NEGATIVE,
    RANDOM,
    SPARSE,
    TIED,
    Case,
    drawn_cases,
)
from grader.notebook.source import alone

PRELUDE = """\
import copy, math, random
from typing import *
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor
"""
HELP = (
    "The function gets a tensor and a sparsity, prunes the tensor in place, and returns the mask."
)
A_PERSON = "A person judges it."
_GPU = re.compile(r"\b(?:CUDA|NVIDIA|cuda)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """The results of one call: a field is None if it is not a tensor."""

    case: Case
    raised: Raised | None
    mask: torch.Tensor | None
    after: torch.Tensor | None

    @property
    def untouched(self) -> bool:
        """True if nothing was pruned."""
        return self.after is not None and torch.equal(self.after, self.case.weight)


def check_prune_function(asked: Asked) -> Judgement:
    """Judge the properties shape, zeros, exact, largest, mask, ends and hard.

    Raises `Fault` if the function does not run, `Skip` if no cell may run here, if its code needs
    something that is missing here, or if the cell was cut, and `HarnessError`.
    """
    name = asked.question.settings.name
    assert name is not None
    assert asked.located.cell is not None
    if asked.notebook.cells[asked.located.cell - 1].left_out:
        raise Skip(f"The cell is too long to be read completely. {A_PERSON}")
    source = alone(name, asked.located.text, asked.notebook.cells)
    if source is None:
        raise Fault(f"The cell does not define {name}, or is not Python.", help=HELP)
    cases = drawn_cases(asked.random)
    calls = [Call(name=name, arguments=(each.weight, each.sparsity)) for each in cases]
    try:
        answers = run_calls(source, calls, asked.sandbox, PRELUDE).answers
    except NotLoaded as fault:  # raised by code outside the function, such as imports
        raise Skip(f"{name} needs code that cannot run here: {fault.reason} {A_PERSON}") from fault
    pruned = [_pruned(case, answer) for case, answer in zip(cases, answers, strict=True)]
    if any(each.raised and _GPU.search(each.raised.message) for each in pruned):
        raise Skip(f"{name} needs a GPU, which this machine does not have. {A_PERSON}")
    found = judged(pruned)
    return Judgement(
        held=tuple(property for property, why in found.items() if why is None),
        broken=tuple(Broken(property=each, why=why) for each, why in found.items() if why),
        seen=FunctionEvidence(calls=len(cases), source=source[:4_000]),
    )


def judged(pruned: Sequence[Pruned]) -> Mapping[str, str | None]:
    """Return for each property why it does not hold, None if it holds."""
    return {property: _first(rule, pruned) for property, rule in PROPERTIES.items()}


def _pruned(case: Case, answer: Answer) -> Pruned:
    raised = answer.returned if isinstance(answer.returned, Raised) else None
    mask = answer.returned if isinstance(answer.returned, torch.Tensor) else None
    after = answer.arguments[0] if answer.arguments else None
    return Pruned(
        case=case,
        raised=raised,
        mask=mask,
        after=after if isinstance(after, torch.Tensor) else None,
    )


Rule = Callable[[Pruned], str | None]


def _first(rule: tuple[tuple[str, ...], Rule], pruned: Sequence[Pruned]) -> str | None:
    """Return why the property does not hold in the first failing case; None if it holds."""
    about, why = rule
    for each in pruned:
        if each.case.about in about:
            found = f"it raised {each.raised}" if each.raised else why(each)
            if found:
                return f"{each.case}: {found}."
    return None


def _keeps_its_form(pruned: Pruned) -> str | None:
    weight, after, mask = pruned.case.weight, pruned.after, pruned.mask
    if after is None or (after.shape, after.dtype) != (weight.shape, weight.dtype):
        return "the tensor has another shape or dtype than before"
    if mask is None:
        return "the returned value is not a tensor"
    return None if mask.shape == weight.shape else f"the mask has shape {tuple(mask.shape)}"


def _makes_zeros(pruned: Pruned, slack: int = 0) -> str | None:
    wrong = _keeps_its_form(pruned)
    if wrong or pruned.after is None:
        return wrong
    found = int((pruned.after == 0).sum())
    wanted = pruned.case.zeros
    return None if abs(found - wanted) <= slack else f"{found} zeros instead of {wanted}"


def _keeps_the_largest(pruned: Pruned) -> str | None:
    wrong = _keeps_its_form(pruned) or _does_nothing(pruned)
    if wrong or pruned.after is None:
        return wrong
    size, kept = pruned.case.weight.abs(), pruned.after != 0
    if not torch.equal(pruned.after[kept], pruned.case.weight[kept]):
        return "a kept weight has another value than before"
    if not kept.any():
        return "no weight is kept"
    if size[~kept].max() > size[kept].min():
        return "a larger weight is pruned, and a smaller one kept"
    return None


def _agrees_with_its_mask(pruned: Pruned) -> str | None:
    wrong = _keeps_its_form(pruned) or _does_nothing(pruned)
    if wrong or pruned.after is None or pruned.mask is None:
        return wrong
    if not ((pruned.mask == 0) | (pruned.mask == 1)).all():
        return "the mask has values other than 0 and 1"
    if not torch.equal(pruned.after, pruned.case.weight * pruned.mask.to(pruned.case.weight.dtype)):
        return "the tensor does not equal the weight times the mask"
    return None


def _does_nothing(pruned: Pruned) -> str | None:
    return "nothing is pruned" if pruned.case.zeros and pruned.untouched else None


def _knows_both_ends(pruned: Pruned) -> str | None:
    wrong = _keeps_its_form(pruned)
    if wrong or pruned.after is None or pruned.mask is None:
        return wrong
    if pruned.case.sparsity == 0:
        right = pruned.untouched and bool((pruned.mask == 1).all())
        return None if right else "all weights should be kept"
    right = not pruned.after.any() and not pruned.mask.any()
    return None if right else "no weight should be kept"


def _copes_with_hard_ones(pruned: Pruned) -> str | None:
    """Require the exact number of zeros, or more if equal weights are at the threshold."""
    wrong = _keeps_its_form(pruned)
    if wrong or pruned.after is None:
        return wrong
    case, size = pruned.case, pruned.case.weight.abs()
    threshold = size.flatten().kthvalue(case.zeros).values
    gone = pruned.after == 0
    most = int((size <= threshold).sum())
    found = int(gone.sum())
    if not case.zeros <= found <= most:
        return f"{found} zeros instead of {case.zeros} to {most}"
    if size[gone].max() > threshold:
        return "a larger weight is pruned, and a smaller one kept"
    kept = ~gone
    same = torch.equal(pruned.after[kept], case.weight[kept])
    return None if same else "a kept weight has another value than before"


_HARD = (NEGATIVE, SPARSE, TIED)
PROPERTIES: Mapping[str, tuple[tuple[str, ...], Rule]] = {
    "shape": ((RANDOM,), _keeps_its_form),
    "zeros": ((RANDOM,), partial(_makes_zeros, slack=1)),
    "exact": ((RANDOM,), _makes_zeros),
    "largest": ((RANDOM,), _keeps_the_largest),
    "mask": ((RANDOM,), _agrees_with_its_mask),
    "ends": ((END,), _knows_both_ends),
    "hard": (_HARD, _copes_with_hard_ones),
}
