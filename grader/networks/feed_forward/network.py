"""The module of a feed-forward network, with the names of the lab's text: `layers.N`, `out`."""

from itertools import pairwise

import torch
from torch import nn


class FeedForward(nn.Module):
    """Linear layers of the given `widths`, from the inputs to the classes, with ReLU between them.

    Takes float32 (N, widths[0]); answers logits (N, classes). The names of the layers, and a ReLU
    that is a function instead of a module, give the sizes of the lab's files to the byte: names
    stand in a file, and torch quantizes a module of ReLU together with its layer.
    """

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        *hidden, classes = widths[1:]
        before = (widths[0], *hidden)
        self.layers = nn.ModuleList(nn.Linear(*each) for each in pairwise(before))
        self.out = nn.Linear(before[-1], classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        values = images
        for layer in self.layers:
            values = torch.relu(layer(values))
        logits: torch.Tensor = self.out(values)
        return logits
