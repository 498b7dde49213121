"""Builds a torchvision MobileNetV2 of any widths, reads its widths, and counts its MFLOPs."""

from dataclasses import dataclass

import torch
import torch_pruning
from torch import nn

from grader.networks.mobilenet_v2.vision import Conv2dNormActivation, InvertedResidual, MobileNetV2

STRIDES = (1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1)
RESIDUAL = frozenset({3, 5, 6, 8, 9, 10, 12, 13, 15, 16})
CLASSES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One inverted residual: channels after the expansion, and at its end."""

    hidden: int
    out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Widths:
    """Every width of a MobileNetV2: the stem, its 17 blocks and the last convolution."""

    stem: int
    blocks: tuple[Block, ...]
    last: int

    def as_lists(self) -> list[list[int]]:
        """`[[stem], [hidden, out] x 17, [last]]`, for JSON and checkpoints."""
        return [[self.stem], *([b.hidden, b.out] for b in self.blocks), [self.last]]

    @classmethod
    def from_lists(cls, lists: list[list[int]]) -> "Widths":
        """Undo `as_lists`."""
        blocks = tuple(Block(hidden=hidden, out=out) for hidden, out in lists[1:-1])
        return cls(stem=lists[0][0], blocks=blocks, last=lists[-1][0])


def build(widths: Widths) -> MobileNetV2:
    """Build the network, freshly initialised, strides and residuals as in torchvision's own."""
    assert len(widths.blocks) == len(STRIDES)
    network = MobileNetV2(num_classes=CLASSES, dropout=0.0)
    layers: list[nn.Module] = [_activated(3, widths.stem, kernel=3, stride=2)]
    channels = widths.stem
    for position, (block, stride) in enumerate(zip(widths.blocks, STRIDES, strict=True), start=1):
        # torchvision leaves out the expansion only for a ratio of exactly 1.
        ratio = 1.0 if position == 1 else block.hidden / channels * (1 + 1e-9)
        layer = InvertedResidual(channels, block.out, stride, ratio)
        layer.use_res_connect = position in RESIDUAL
        assert not layer.use_res_connect or channels == block.out
        layers.append(layer)
        channels = block.out
    layers.append(_activated(channels, widths.last, kernel=1, stride=1))
    network.features = nn.Sequential(*layers)
    network.last_channel = widths.last
    network.classifier = nn.Sequential(nn.Dropout(p=0.0), nn.Linear(widths.last, CLASSES))
    _initialise(network)
    return network


def widths_of(network: MobileNetV2) -> Widths:
    """The widths of a network that `build` made, pruned or not."""
    features = network.features
    blocks = []
    for layer in list(features)[1:-1]:
        convolutions = [m for m in layer.modules() if isinstance(m, nn.Conv2d)]
        blocks.append(Block(hidden=convolutions[-1].in_channels, out=convolutions[-1].out_channels))
    return Widths(
        stem=features[0][0].out_channels, blocks=tuple(blocks), last=features[-1][0].out_channels
    )


def mflops(network: nn.Module) -> float:
    """The lab's MFLOPs: torch_pruning's count at 1x3x224x224, over a million."""
    training = network.training
    network.eval()
    count, _ = torch_pruning.utils.count_ops_and_params(network, torch.zeros(1, 3, 224, 224))
    network.train(training)
    return float(count) / 1e6


def _activated(channels: int, out: int, *, kernel: int, stride: int) -> Conv2dNormActivation:
    return Conv2dNormActivation(
        channels,
        out,
        kernel_size=kernel,
        stride=stride,
        norm_layer=nn.BatchNorm2d,
        activation_layer=nn.ReLU6,
    )


def _initialise(network: nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out")
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0.0, 0.01)
            nn.init.zeros_(module.bias)
