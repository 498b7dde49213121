"""What an engine needs of a network."""

from typing import Protocol

from torch import nn


class Runnable(Protocol):
    """A network to run: eval mode, fp32, on the CPU. `grader.networks` builds a hand-in's."""

    @property
    def module(self) -> nn.Module:
        """Takes float32 (N, *the lab's input shape), gives float32 logits (N, classes)."""
        ...
