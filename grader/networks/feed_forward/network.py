"""The module of a feed-forward network, with the names of the lab's text: `layers.N`, `out`."""

from itertools import pairwise

import torch
from torch import nn


class FeedForward(nn.Module):
    """Linear layers of the given `widths`, from the inputs to the classes, with ReLU between them.

    Takes float32 (N, …) with `widths[0]` values for each image; answers logits (N, classes).
    """

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        *hidden, classes = widths[1:]
        before = (widths[0], *hidden)
        self.layers = nn.ModuleList(nn.Linear(*each) for each in pairwise(before))
        self.out = nn.Linear(before[-1], classes)
        self.activation = nn.ReLU()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        values = images.flatten(1)
        for layer in self.layers:
            values = self.activation(layer(values))
        logits: torch.Tensor = self.out(values)
        return logits
