"""Fine-grained magnitude pruning: masks, the sensitivity scan, and sparsities chosen from it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from reference.data import Images
from reference.learner import accuracy


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """The held-out accuracy of a network with one weight pruned to `sparsity`, no fine-tuning."""

    weight: str
    sparsity: float
    accuracy: float


def keep_mask(weight: Tensor, sparsity: float) -> Tensor:
    """The mask (bool, the weight's shape) that keeps the largest magnitudes.

    `round(sparsity * numel)` weights are pruned, and all equal to the largest one, as in the lab.
    """
    assert 0.0 <= sparsity <= 1.0
    zeros = round(sparsity * weight.numel())
    magnitude = weight.detach().abs()
    if zeros == 0:
        return torch.ones_like(magnitude, dtype=torch.bool)
    return magnitude > magnitude.flatten().kthvalue(zeros).values


def prunable(network: nn.Module) -> dict[str, Tensor]:
    """The weights of convolutions and linear layers, by name, without biases and batch norms."""
    return {name: value for name, value in network.named_parameters() if value.dim() > 1}


def scan(
    network: nn.Module, images: Images, resolution: int, sparsities: Iterable[float]
) -> Iterator[Sensitivity]:
    """Prune each weight alone to each sparsity, measure, and restore it."""
    levels = tuple(sparsities)
    for name, weight in prunable(network).items():
        dense = weight.detach().clone()
        for sparsity in levels:
            with torch.no_grad():
                weight.copy_(dense * keep_mask(dense, sparsity))
            measured = accuracy(network, images, resolution)
            yield Sensitivity(weight=name, sparsity=sparsity, accuracy=measured)
        with torch.no_grad():
            weight.copy_(dense)


def allot(
    scanned: Iterable[Sensitivity], sizes: Mapping[str, int], kept: float
) -> dict[str, float]:
    """Choose each weight's sparsity so that at most the share `kept` of all weights stays.

    All weights share one floor of accuracy: each gets the highest sparsity at which pruning it
    alone stays at or above the floor, and the floor is the highest that meets `kept`. If none meets
    it, each weight gets its highest sparsity.
    """
    rows = tuple(scanned)
    chosen: dict[str, float] = {}
    for floor in sorted({row.accuracy for row in rows}, reverse=True):
        chosen = dict.fromkeys(sizes, 0.0)
        for row in rows:
            if row.accuracy >= floor:
                chosen[row.weight] = max(chosen[row.weight], row.sparsity)
        left = sum(size * (1 - chosen[name]) for name, size in sizes.items())
        if left <= kept * sum(sizes.values()):
            break
    return chosen
