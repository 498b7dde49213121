import hashlib
from collections.abc import Callable

import numpy as np
import pytest
import torch

from grader.evaluators.hidden_draw import hidden_generator
from grader.notebook.checks.prune_cases import Case, drawn_cases
from grader.notebook.checks.prune_function import PROPERTIES, Pruned, judged

SECRETS = 200
Prune = Callable[[torch.Tensor, float], torch.Tensor]


def random(secret: int) -> np.random.Generator:
    """Return the generator that a results folder with this secret gives one hand-in."""
    return hidden_generator(hashlib.sha256(b"%d" % secret).digest(), "ab" * 32, "question 2")


def by_threshold(
    tensor: torch.Tensor,
    sparsity: float,
    importance: Callable[[torch.Tensor], torch.Tensor] = torch.abs,
    rounded: Callable[[float], int] = round,
) -> torch.Tensor:
    """As the lab's steps say."""
    if sparsity in {0, 1}:
        tensor.mul_(1 - int(sparsity))
        return torch.full_like(tensor, 1 - int(sparsity))
    threshold = importance(tensor).flatten().kthvalue(rounded(tensor.numel() * sparsity)).values
    mask = importance(tensor) > threshold
    tensor.mul_(mask)
    return mask


def by_rank(tensor: torch.Tensor, sparsity: float) -> torch.Tensor:
    """Exactly the number, also of equal weights."""
    mask = torch.ones(tensor.numel(), dtype=tensor.dtype)
    mask[tensor.abs().flatten().argsort()[: round(tensor.numel() * sparsity)]] = 0
    tensor.mul_(mask.view_as(tensor))
    return mask.view_as(tensor)


def squared(tensor: torch.Tensor, sparsity: float) -> torch.Tensor:
    """Of equal rank, in float32 too."""
    return by_threshold(tensor, sparsity, importance=torch.square)


def rounded_down(tensor: torch.Tensor, sparsity: float) -> torch.Tensor:
    """Wrong where more than half of a weight is cut off."""
    return by_threshold(tensor, sparsity, rounded=int)


def half_up(tensor: torch.Tensor, sparsity: float) -> torch.Tensor:
    """Wrong only where exactly half of a weight is cut off."""
    return by_threshold(tensor, sparsity, rounded=lambda value: int(value + 0.5))


def by_value(tensor: torch.Tensor, sparsity: float) -> torch.Tensor:
    """Wrong for negative weights."""
    return by_threshold(tensor, sparsity, importance=torch.positive)


def for_small_tensors(tensor: torch.Tensor, sparsity: float) -> torch.Tensor:
    """Keeps every weight of a tensor as large as those of a network."""
    return by_rank(tensor, sparsity) if tensor.numel() < 9_000 else torch.ones_like(tensor)


def broken_by(prune: Prune, cases: tuple[Case, ...]) -> set[str]:
    """Return the properties that do not hold for `prune`."""
    pruned = []
    for case in cases:
        after = case.weight.clone()
        mask = prune(after, case.sparsity)
        pruned.append(Pruned(case=case, raised=None, mask=mask, after=after))
    return {property for property, why in judged(pruned).items() if why}


@pytest.mark.parametrize(
    ("prune", "broken"),
    [
        (by_threshold, set()),
        (by_rank, set()),
        (squared, set()),
        (rounded_down, {"exact"}),
        (half_up, {"exact"}),
        (by_value, {"largest", "hard"}),
        (for_small_tensors, {"zeros", "exact", "largest", "mask"}),
    ],
)
def test_a_function_has_one_verdict_for_every_secret(prune: Prune, broken: set[str]) -> None:
    """A correct one passes always, and a wrong one never by luck."""
    for secret in range(SECRETS):
        assert broken_by(prune, drawn_cases(random(secret))) == broken, secret


def test_a_draw_is_known_by_its_secret_alone() -> None:
    """The same secret gives the same cases; no tensor of another secret is among them."""
    first, again, other = (drawn_cases(random(secret)) for secret in (1, 1, 2))
    assert all(
        torch.equal(one.weight, same.weight) and one.sparsity == same.sparsity
        for one, same in zip(first, again, strict=True)
    )
    assert not any(torch.equal(one.weight, two.weight) for one in first for two in other)
    assert [each.about for each in first] != [each.about for each in other]


def test_every_property_has_its_cases() -> None:
    """Each kind that a property is tested with is always drawn, with a number of zeros to make."""
    for secret in range(20):
        cases = drawn_cases(random(secret))
        kinds = {each.about for each in cases}
        assert kinds == {about for kinds, _ in PROPERTIES.values() for about in kinds}
        assert all(0 < each.zeros < each.weight.numel() for each in cases if 0 < each.sparsity < 1)
