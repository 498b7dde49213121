"""The interface that an engine needs of a network."""

from typing import Protocol

from torch import nn


class Runnable(Protocol):
    """A network to run: eval mode, fp32, on the CPU. `grader.networks` builds them."""

    @property
    def module(self) -> nn.Module:
        """Images float32 (N, *the lab's input shape) in, logits float32 (N, classes) out."""
        ...
