"""A rebuilt network, and the distance of a hand-in's own logits from its logits."""

import math
from dataclasses import dataclass

import torch
from torch import nn

from grader.networks.family import Blueprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network built by us with a hand-in's widths and weights: eval mode, fp32, on the CPU."""

    blueprint: Blueprint
    module: nn.Module


def largest_difference(network: Network, images: torch.Tensor, answers: torch.Tensor) -> float:
    """The largest distance between the hand-in's logits and ours, relative to our largest logit.

    `images` are float32 (N, *input_shape), `answers` the hand-in's logits. Infinite if the two
    cannot be compared: the shapes differ, or a logit is not finite.
    """
    with torch.inference_mode():
        ours = network.module(images)
    if answers.shape != ours.shape or not bool((answers - ours).isfinite().all()):
        return math.inf
    scale = float(ours.abs().max()) or 1.0
    return float((ours - answers).abs().max()) / scale
