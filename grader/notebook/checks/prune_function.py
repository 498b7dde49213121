"""Magnitude pruning of one tensor: what the function does, not how it is written.

The function is called in the sandbox. All that comes back is judged here, against

    number of zeros = round(number of weights * sparsity)

as the lab's assignment has it. A threshold that equal weights share may take more of them.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch

from grader.errors import Fault, Skip
from grader.evidence.question import Broken, FunctionEvidence
from grader.notebook.cells import Answer, Call, NotLoaded, Raised, run_calls
from grader.notebook.checks.judgement import Asked, Judgement
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
_SHAPES = ((5, 5), (16, 3, 3, 3), (101,), (12, 40), (8, 1, 3, 3))
_SPARSITIES = (0.25, 0.5, 0.62, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One call: a tensor of any float dtype, and the fraction of it to become zero."""

    about: str
    weight: torch.Tensor
    sparsity: float

    @property
    def zeros(self) -> int:
        """How many zeros are asked for."""
        return round(self.weight.numel() * self.sparsity)

    def __str__(self) -> str:
        return f"{self.about} {tuple(self.weight.shape)}, sparsity {self.sparsity:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What a call made of a case; None where it was no tensor."""

    case: Case
    raised: Raised | None
    mask: torch.Tensor | None
    after: torch.Tensor | None

    @property
    def untouched(self) -> bool:
        """Whether nothing was pruned at all."""
        return self.after is not None and torch.equal(self.after, self.case.weight)


def check_prune_function(asked: Asked) -> Judgement:
    """The properties shape, zeros, exact, largest, mask, ends and hard.

    Raises `Fault` when the function does not run, `Skip` where no cell may be run or the cell is
    too long to be had whole, and `HarnessError`.
    """
    name = asked.question.settings.name
    assert name is not None
    assert asked.located.cell is not None
    if asked.notebook.cells[asked.located.cell - 1].left_out:
        raise Skip("The cell is too long to be read whole: a person judges it.")
    source = alone(name, asked.located.text, asked.notebook.cells)
    if source is None:
        raise Fault(f"The cell does not define {name}, or is not Python.", help=HELP)
    cases = tuple(_cases())
    calls = [Call(name=name, arguments=(each.weight, each.sparsity)) for each in cases]
    try:
        answers = run_calls(source, calls, asked.bench, PRELUDE).answers
    except NotLoaded as fault:  # the function itself runs only when it is called
        raise Skip(f"What {name} needs cannot be had here: {fault.reason} {A_PERSON}") from fault
    pruned = [_pruned(case, answer) for case, answer in zip(cases, answers, strict=True)]
    if any(each.raised and _GPU.search(each.raised.message) for each in pruned):
        raise Skip(f"{name} asks for a GPU, and there is none here. {A_PERSON}")
    found = {property: _first(rule, pruned) for property, rule in PROPERTIES.items()}
    return Judgement(
        held=tuple(property for property, why in found.items() if why is None),
        broken=tuple(Broken(property=each, why=why) for each, why in found.items() if why),
        seen=FunctionEvidence(calls=len(cases), source=source[:4_000]),
    )


def _cases() -> Iterator[Case]:
    random = torch.Generator().manual_seed(6)
    for shape in _SHAPES:
        for sparsity in _SPARSITIES:
            weight = torch.randn(shape, generator=random)
            yield Case(about="random", weight=weight, sparsity=sparsity)
    double = torch.randn((6, 7), generator=random, dtype=torch.float64)
    yield Case(about="random", weight=double, sparsity=0.4)
    for sparsity in (0.0, 1.0):
        weight = torch.randn((6, 4), generator=random)
        yield Case(about="end", weight=weight, sparsity=sparsity)
    yield Case(about="negative", weight=-torch.rand((7, 9), generator=random) - 0.1, sparsity=0.4)
    sparse = torch.randn((10, 10), generator=random)
    sparse[:, :4] = 0
    for sparsity in (0.2, 0.7):
        yield Case(about="already sparse", weight=sparse, sparsity=sparsity)
    tied = torch.tensor([[1.0, -1.0, 2.0, -2.0], [1.0, 3.0, -3.0, 4.0]])
    yield Case(about="with equal weights", weight=tied, sparsity=0.25)


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
    """Why the property does not hold, by the first case in which it does not."""
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
        return "the tensor is not of the same shape and dtype any more"
    if mask is None:
        return "what it returns is no tensor"
    return None if mask.shape == weight.shape else f"the mask is of shape {tuple(mask.shape)}"


def _makes_zeros(pruned: Pruned, slack: int = 0) -> str | None:
    wrong = _keeps_its_form(pruned)
    if wrong or pruned.after is None:
        return wrong
    found = int((pruned.after == 0).sum())
    wanted = pruned.case.zeros
    return None if abs(found - wanted) <= slack else f"{found} zeros, where {wanted} are asked for"


def _keeps_the_largest(pruned: Pruned) -> str | None:
    wrong = _keeps_its_form(pruned) or _does_nothing(pruned)
    if wrong or pruned.after is None:
        return wrong
    size, kept = pruned.case.weight.abs(), pruned.after != 0
    if not torch.equal(pruned.after[kept], pruned.case.weight[kept]):
        return "what is kept has another value than before"
    if not kept.any():
        return "nothing is kept"
    if size[~kept].max() > size[kept].min():
        return "a larger weight is gone, and a smaller one kept"
    return None


def _agrees_with_its_mask(pruned: Pruned) -> str | None:
    wrong = _keeps_its_form(pruned) or _does_nothing(pruned)
    if wrong or pruned.after is None or pruned.mask is None:
        return wrong
    if not ((pruned.mask == 0) | (pruned.mask == 1)).all():
        return "the mask has values other than 0 and 1"
    if not torch.equal(pruned.after, pruned.case.weight * pruned.mask.to(pruned.case.weight.dtype)):
        return "the tensor is not what the mask leaves of it"
    return None


def _does_nothing(pruned: Pruned) -> str | None:
    return "nothing is pruned" if pruned.case.zeros and pruned.untouched else None


def _knows_both_ends(pruned: Pruned) -> str | None:
    wrong = _keeps_its_form(pruned)
    if wrong or pruned.after is None or pruned.mask is None:
        return wrong
    if pruned.case.sparsity == 0:
        right = pruned.untouched and bool((pruned.mask == 1).all())
        return None if right else "everything should be kept"
    right = not pruned.after.any() and not pruned.mask.any()
    return None if right else "nothing should be kept"


def _copes_with_hard_ones(pruned: Pruned) -> str | None:
    """As many zeros as asked for, or as the threshold that equal weights share makes."""
    wrong = _keeps_its_form(pruned)
    if wrong or pruned.after is None:
        return wrong
    case, size = pruned.case, pruned.case.weight.abs()
    threshold = size.flatten().kthvalue(case.zeros).values
    gone = pruned.after == 0
    most = int((size <= threshold).sum())
    found = int(gone.sum())
    if not case.zeros <= found <= most:
        return f"{found} zeros, where {case.zeros} to {most} are right"
    if size[gone].max() > threshold:
        return "a larger weight is gone, and a smaller one kept"
    kept = ~gone
    same = torch.equal(pruned.after[kept], case.weight[kept])
    return None if same else "what is kept has another value than before"


_HARD = ("negative", "already sparse", "with equal weights")
PROPERTIES: Mapping[str, tuple[tuple[str, ...], Rule]] = {
    "shape": (("random",), _keeps_its_form),
    "zeros": (("random",), partial(_makes_zeros, slack=1)),
    "exact": (("random",), _makes_zeros),
    "largest": (("random",), _keeps_the_largest),
    "mask": (("random",), _agrees_with_its_mask),
    "ends": (("end",), _knows_both_ends),
    "hard": (_HARD, _copes_with_hard_ones),
}
