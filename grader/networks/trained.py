"""The interface between an experiment and a family of networks that it trains from scratch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.networks.family import Shapes

if TYPE_CHECKING:  # torch takes seconds to import; names and shapes do not need it
    from torch import nn


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedFamily:
    """A family of networks with freely chosen layers: `name` in the lab file, `title` for people.

    `shapes` and `build` take the widths: the inputs, the hidden layers, the classes. `shapes` gives
    name and shape of each tensor in the state_dict, in its order, without torch. `build` gives the
    network with random weights of torch's current seed; it takes float32 (N, …) of so many inputs
    and answers float32 (N, classes).
    """

    name: str
    title: str
    shapes: Callable[[tuple[int, ...]], Shapes]
    build: Callable[[tuple[int, ...]], "nn.Module"]
