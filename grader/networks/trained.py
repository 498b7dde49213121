"""The interface between an experiment and a family of networks that it trains from scratch."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from grader.networks.family import Shapes

if TYPE_CHECKING:  # torch takes seconds to import; names and shapes do not need it
    from torch import nn


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedFamily:
    """A family of networks with freely chosen layers: `name` in the lab file, `title` for people.

    `shapes` takes the widths (the inputs, the hidden layers, the classes) and gives name and shape
    of each tensor in the state_dict, in its order, without torch. `network` is the network's class,
    as "module:class"; it is imported when a network is built, because it needs torch.
    """

    name: str
    title: str
    shapes: Callable[[tuple[int, ...]], Shapes]
    network: str

    def build(self, widths: tuple[int, ...]) -> "nn.Module":
        """The network with random weights of torch's current seed.

        It takes float32 (N, widths[0]), and answers float32 (N, classes).
        """
        module, _, name = self.network.partition(":")
        built: nn.Module = getattr(import_module(module), name)(widths)
        return built
