"""The lower bound of an engine's time: multiply-adds divided by the machine's rate of them."""

import time
from pathlib import Path

import torch
from torch import nn

from benchmarks.engines import load

_SIDE = 2048  # of the matrices: large enough for the rate to be the processor's, not the memory's


def multiply_adds_per_second() -> float:
    """The rate of fp32 matrix multiplication on all processors, the best of ten."""
    left, right = torch.rand(_SIDE, _SIDE), torch.rand(_SIDE, _SIDE)
    best = float("inf")
    for _ in range(10):
        started = time.perf_counter()
        torch.mm(left, right)
        best = min(best, time.perf_counter() - started)
    return _SIDE**3 / best


def multiply_adds(checkpoint: Path) -> int:
    """The multiply-adds of one image in the convolutions and the classifier."""
    counted = 0

    def count(layer: nn.Module, _inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        nonlocal counted
        assert isinstance(layer.weight, torch.Tensor)
        counted += layer.weight[0].numel() * output[0].numel()

    module = load(checkpoint)
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(count)
    with torch.inference_mode():
        module(torch.zeros(1, 3, 224, 224))
    return counted
