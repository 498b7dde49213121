"""The operations of a network for one image."""

import torch
from torch import nn


def count(module: nn.Module, example: torch.Tensor) -> tuple[int, int]:
    """Return the multiply-adds of convolutions and Linear layers, and the batch-norm outputs.

    Other counters than Torch-Pruning's are sums of these two, by which a claim is explained.
    """
    multiply_adds, outputs = 0, 0

    def count(layer: nn.Module, _inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        nonlocal multiply_adds, outputs
        if isinstance(layer, nn.BatchNorm2d):
            outputs += output.numel()
        elif isinstance(layer, nn.Conv2d | nn.Linear):
            multiply_adds += output.numel() * layer.weight[0].numel()

    hooks = [layer.register_forward_hook(count) for layer in module.modules()]
    try:
        with torch.inference_mode():
            module(example)
    finally:
        for hook in hooks:
            hook.remove()
    return multiply_adds, outputs
