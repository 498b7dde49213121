"""Feed-forward networks: linear layers with ReLU between them."""

from itertools import pairwise
from typing import TYPE_CHECKING

from grader.networks.family import Shapes
from grader.networks.trained import TrainedFamily

if TYPE_CHECKING:  # torch takes seconds to import; names and shapes do not need it
    from torch import nn

__all__ = ["FEED_FORWARD"]


def _shapes(widths: tuple[int, ...]) -> Shapes:
    found: dict[str, tuple[int, ...]] = {}
    for number, (inputs, outputs) in enumerate(pairwise(widths)):
        name = "out" if number == len(widths) - 2 else f"layers.{number}"
        found |= {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}
    return found


def _build(widths: tuple[int, ...]) -> "nn.Module":
    # As above: torch.
    from grader.networks.feed_forward.network import FeedForward

    return FeedForward(widths)


FEED_FORWARD = TrainedFamily(name="feed-forward", title="FFN", shapes=_shapes, build=_build)
