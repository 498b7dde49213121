"""A network as a `.pte`, by ExecuTorch's own exporter, as a student makes one.

The default of `grader.networks.family`, for networks that are not lowered directly.
"""

import copy
import itertools

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from grader.inference.quiet import quiet_libraries
from grader.inference.runnable import Runnable

with quiet_libraries():
    from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
    from executorch.exir import to_edge_transform_and_lower


def export(network: Runnable, input_shape: tuple[int, int, int]) -> bytes:
    """The network as a `.pte` for batches of one image; any network that can be traced."""
    with quiet_libraries():
        example = (torch.zeros(1, *input_shape),)
        exported = torch.export.export(fused(network.module), example)
        lowered = to_edge_transform_and_lower(exported, partitioner=[XnnpackPartitioner()])
        program: bytes = lowered.to_executorch().buffer
    return program


def fused(module: nn.Module) -> nn.Module:
    """A copy with each batch norm folded into the convolution before it: half as much to export."""
    copied = copy.deepcopy(module)
    for parent in list(copied.modules()):
        children = list(parent.named_children())
        for (name, layer), (norm_name, norm) in itertools.pairwise(children):
            if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(parent, name, fuse_conv_bn_eval(layer, norm))
                setattr(parent, norm_name, nn.Identity())
    return copied
