"""What an engine needs of a network."""

from typing import Protocol

from torch import nn


class Runnable(Protocol):
    """A network to run: eval mode, fp32, on the CPU. `grader.networks` builds a hand-in's."""

    @property
    def module(self) -> nn.Module:
        """Takes float32 (N, 3, 224, 224), gives float32 logits (N, classes)."""
        ...
