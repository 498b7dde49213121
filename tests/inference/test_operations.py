"""The operations of small networks, counted by hand."""

import torch
from torch import nn

from grader.inference.operations import count


def test_a_convolution_a_batch_norm_and_a_linear_layer() -> None:
    """3x3 over 2 channels into 4 of 6x6, their batch norm, and 144 inputs into 5."""
    module = nn.Sequential(
        nn.Conv2d(2, 4, 3, bias=False),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(144, 5),
    ).eval()
    multiply_adds = 4 * 6 * 6 * (2 * 3 * 3) + 144 * 5
    assert count(module, torch.zeros(1, 2, 8, 8)) == (multiply_adds, 4 * 6 * 6)
    assert not any(layer._forward_hooks for layer in module.modules())
