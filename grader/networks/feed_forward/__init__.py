"""Feed-forward networks: linear layers with ReLU between them."""

from itertools import pairwise

from grader.networks.family import Shapes
from grader.networks.trained import TrainedFamily

__all__ = ["FEED_FORWARD"]


def _shapes(widths: tuple[int, ...]) -> Shapes:
    found: dict[str, tuple[int, ...]] = {}
    for number, (inputs, outputs) in enumerate(pairwise(widths)):
        name = "out" if number == len(widths) - 2 else f"layers.{number}"
        found |= {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}
    return found


FEED_FORWARD = TrainedFamily(
    name="feed-forward",
    title="FFN",
    shapes=_shapes,
    network="grader.networks.feed_forward.network:FeedForward",
)
