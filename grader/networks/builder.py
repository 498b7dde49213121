"""The functions that build networks of a family; unlike the family's record they need torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic

import torch
from torch import nn

from grader.networks.description import Description
from grader.networks.family import R
from grader.networks.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder(Generic[R]):
    """Builds our own networks from what a family recognised.

    `rebuild` takes the hand-in's tensors, under the names they were handed in with, and raises
    `Fault` for values that cannot be measured (NaN, another dtype). `check_modules` compares the
    modules of a full pickle with those of the rebuilt network, returns the doubts for a person, and
    raises `Fault` for a difference that makes it another network. `original` is the unpruned
    network with the given number of classes and arbitrary weights. `classes` are the module classes
    that a saved network may have, by today's full names, the values of `Family.saved_classes`.
    """

    rebuild: Callable[[R, Mapping[str, torch.Tensor]], Network]
    check_modules: Callable[[Description, R, Network], tuple[str, ...]]
    original: Callable[[int], Network]
    classes: Mapping[str, type[nn.Module]]


def by_full_name(*kinds: type[nn.Module]) -> dict[str, type[nn.Module]]:
    """Return module classes by their full names, as a pickle has them."""
    return {f"{kind.__module__}.{kind.__qualname__}": kind for kind in kinds}
