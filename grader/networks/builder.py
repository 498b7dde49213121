"""What makes networks of a family; unlike the family's record it needs torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic

import torch

from grader.networks.description import Description
from grader.networks.family import R
from grader.networks.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder(Generic[R]):
    """Makes our own networks of what a family recognised.

    `rebuild` takes the hand-in's tensors, under the names they were handed in with, and raises
    `Fault` for values that no network can be judged by. `check_modules` compares the modules of a
    full pickle with those of the rebuilt network, returns what a person should look at, and raises
    `Fault` for what makes it another network. `original` is the unpruned network of so many
    classes, its weights as they happen to be.
    """

    rebuild: Callable[[R, Mapping[str, torch.Tensor]], Network]
    check_modules: Callable[[Description, R, Network], tuple[str, ...]]
    original: Callable[[int], Network]
