"""Write a network in another way that computes the same function."""

from itertools import pairwise

import torch
from torch import nn

from grader.networks.mobilenet_v2.vision import InvertedResidual, MobileNetV2


def rewritten(module: nn.Module, seed: int = 0) -> dict[str, torch.Tensor]:
    """Return a state_dict with the same logits but for a shift of all of an image's logits.

    The hidden channels of each block are permuted, each kernel is scaled by a factor of its own
    that its batch norm undoes, with a negative sign for some, and the classifier's rows are moved
    by one vector.
    """
    assert isinstance(module, MobileNetV2)
    draw = torch.Generator().manual_seed(seed)
    state = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    for name, norm in pairwise(list(state)):
        if state[name].ndim == 4:
            _scale(state, name, norm.removesuffix(".weight"), draw)
    for number, block in enumerate(module.features):
        if isinstance(block, InvertedResidual) and len(block.conv) == 4:
            _permute(state, f"features.{number}.conv", draw)
    weight = state["classifier.1.weight"]
    state["classifier.1.weight"] = weight + torch.randn(weight.shape[1], generator=draw)
    state["classifier.1.bias"] = state["classifier.1.bias"] + 3.0
    return state


def _scale(
    state: dict[str, torch.Tensor], convolution: str, norm: str, draw: torch.Generator
) -> None:
    """Multiply each output channel of a convolution; its batch norm divides by the factor."""
    channels = len(state[convolution])
    factor = torch.exp(torch.rand(channels, generator=draw) * 3 - 1)
    sign = (torch.rand(channels, generator=draw) < 0.5).float() * 2 - 1
    epsilon = 1e-5
    state[convolution] = state[convolution] * (factor * sign)[:, None, None, None]
    state[f"{norm}.running_mean"] = state[f"{norm}.running_mean"] * factor * sign
    variance = state[f"{norm}.running_var"]
    state[f"{norm}.running_var"] = (variance + epsilon) * factor**2 - epsilon
    state[f"{norm}.weight"] = state[f"{norm}.weight"] * sign


def _permute(state: dict[str, torch.Tensor], block: str, draw: torch.Generator) -> None:
    """Permute the hidden channels of an inverted residual block."""
    order = torch.randperm(len(state[f"{block}.0.0.weight"]), generator=draw)
    for name in list(state):
        hidden = name.startswith((f"{block}.0.", f"{block}.1."))
        if hidden and not name.endswith("num_batches_tracked"):
            state[name] = state[name][order]
    state[f"{block}.2.weight"] = state[f"{block}.2.weight"][:, order]
