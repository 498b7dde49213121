"""An upper bound on the numbers that a network computes, whatever the image.

XNNPACK folds each batch norm into the convolution before it; the lab's loop does not. Where a
weight or a statistic is very large, the convolution alone overflows, or loses its small terms, in
the lab's loop only, and the two engines disagree. With moderate numbers they differ by rounding.
"""

import copy
import math

import torch
from torch import nn

from grader.datasets.dataset import Preprocessing
from grader.inference.runnable import Runnable

# Trained networks stay below 10,000. float32 overflows at 3e38, and above this bound it loses
# terms of 0.06, which the next layers may enlarge.
LARGEST = 1e6

# For these the output's size is at most what the input's size gives.
_MONOTONE = (
    nn.ReLU,
    nn.ReLU6,
    nn.Dropout,
    nn.Identity,
    nn.Flatten,
    nn.AvgPool2d,
    nn.AdaptiveAvgPool2d,
)


def largest_magnitude(network: Runnable, preprocessing: Preprocessing) -> float:
    """Return the largest size that a number in the network may have, for any image.

    These are the numbers of each layer with weights: its sums, also without the signs of the
    terms, so that no order of summing exceeds them, and a batch norm's factors. Infinity if there
    is no bound, or if the network has a layer of a kind that is not known here.
    """
    module = copy.deepcopy(network.module)
    found: list[float] = []
    for layer in module.modules():
        if not next(layer.children(), None) and not _without_signs(layer, found):
            return math.inf
    brightest = max(
        max(mean, 1 - mean) / deviation
        for mean, deviation in zip(preprocessing.mean, preprocessing.deviation, strict=True)
    )
    side = preprocessing.side
    with torch.inference_mode():
        module(torch.full((1, len(preprocessing.mean), side, side), brightest))
    # NaN is not below any bound, but max() may pass over it.
    return max((math.inf if math.isnan(each) else each for each in found), default=0.0)


def _without_signs(layer: nn.Module, found: list[float]) -> bool:
    """Make every term of the layer positive and have it add its sizes to `found`; False if unknown.

    Given an upper bound on the sizes of its inputs, the layer then computes one of its outputs'.
    """
    if isinstance(layer, _MONOTONE):
        return True
    if not isinstance(layer, nn.Conv2d | nn.Linear | nn.BatchNorm2d):
        return False
    layer.requires_grad_(False)
    for parameter in layer.parameters():
        parameter.abs_()
    if isinstance(layer, nn.BatchNorm2d):
        assert layer.running_mean is not None
        assert layer.running_var is not None
        layer.running_mean.abs_().neg_()
        factors = layer.weight / (layer.running_var + layer.eps).sqrt()
        found += factors.tolist()
    layer.register_forward_hook(lambda _layer, _inputs, output: found.append(float(output.max())))
    return True
