"""Channel pruning with Torch-Pruning: removes the channels of least worth per FLOP first."""

from collections.abc import Mapping
from typing import Any

import torch
import torch_pruning
from torch import Tensor, nn
from torch.nn import functional

from grader.errors import HarnessError
from grader.networks.mobilenet_v2.vision import MobileNetV2
from reference.augment import prepared
from reference.data import Images
from reference.network import mflops
from reference.surrogate import FRONT

_STEP = 0.005
_LIMIT = 0.75
_ROUND_TO = 8  # channels: the training kernels and XNNPACK are fastest at multiples of it
_BATCH = 16


def channel_worth(network: nn.Module, images: Images, resolution: int) -> dict[str, Tensor]:
    """The estimated change of the loss without each channel, by the name of its batch norm.

    The worth is the Fisher information of a gate of 1 behind the batch norm (Theis et al., 2018):
    the squared gradient of the loss with respect to the gate, which is gain times d/dgain plus bias
    times d/dbias, summed over batches of 16 images.
    """
    norms = {n: m for n, m in network.named_modules() if isinstance(m, nn.BatchNorm2d)}
    worth = {name: torch.zeros_like(norm.weight) for name, norm in norms.items()}
    network.eval().requires_grad_(True)
    for indices in torch.split(torch.arange(len(images)), _BATCH):
        some = images.take(indices)
        loss = functional.cross_entropy(network(prepared(some.pixels, resolution)), some.labels)
        parameters = [p for norm in norms.values() for p in (norm.weight, norm.bias)]
        gradients = torch.autograd.grad(loss, parameters)
        pairs = zip(gradients[::2], gradients[1::2], strict=True)
        with torch.no_grad():
            for (name, norm), (gain, bias) in zip(norms.items(), pairs, strict=True):
                worth[name] += (norm.weight * gain + norm.bias * bias) ** 2
    return worth


def prune(network: MobileNetV2, worth: Mapping[str, Tensor], *, target_mflops: float) -> float:
    """Prune the whole network, in place, to at most `target_mflops`; return its MFLOPs.

    A group is every channel that must go together (an expansion, its batch norms, its depthwise
    convolution and what reads it; for a residual stage, all its blocks). Groups are ranked over the
    whole network by worth per FLOP, so that a channel of a 28x28 map needs sixteen times the worth
    of one of a 7x7 map. The front is not pruned: it has one channel for each colour.

    Args:
        network: a whole network, from `build`.
        worth: from `channel_worth`, by the names of this network's batch norms.
        target_mflops: the lab's MFLOPs to get down to.

    """
    example = torch.zeros(1, 3, 224, 224)
    _store_worth(network, worth)
    pruner = torch_pruning.pruner.BasePruner(
        network.eval(),
        example,
        importance=_WorthPerFlop(_areas(network, example)),
        global_pruning=True,
        pruning_ratio=_LIMIT,
        max_pruning_ratio=_LIMIT,
        iterative_steps=round(_LIMIT / _STEP),
        ignored_layers=_fixed(network),
        round_to=_ROUND_TO,
    )
    reached = mflops(network)
    for _ in range(round(_LIMIT / _STEP)):
        if reached <= target_mflops:
            break
        pruner.step()
        reached = mflops(network)
    network.zero_grad(set_to_none=True)
    if reached > target_mflops:
        raise HarnessError(f"pruning stopped at {reached:.1f} MFLOPs, above {target_mflops}")
    return reached


class _WorthPerFlop(torch_pruning.importance.Importance):  # type: ignore[misc]  # untyped library
    """The importance that Torch-Pruning asks for: each channel's worth divided by its cost."""

    def __init__(self, areas: Mapping[nn.Module, int]) -> None:
        self.areas = areas

    def __call__(self, group: Any) -> Tensor | None:
        worth: Tensor | None = None
        cost = 0.0
        for dependency, indices in group:
            layer = dependency.target.module
            if isinstance(layer, nn.Conv2d):
                cost += _cost(layer, outputs=_prunes_outputs(dependency)) * self.areas[layer]
            elif isinstance(layer, nn.BatchNorm2d) and layer.weight.grad is not None:
                part = layer.weight.grad[torch.as_tensor(indices)]
                worth = part if worth is None else worth + part
        return None if worth is None else worth / cost


def _cost(layer: nn.Conv2d, *, outputs: bool) -> float:
    """The MACs at one position that one channel costs; an output also costs 2 (norm) and 1 (ReLU6).

    A depthwise convolution is in a group twice, by its input and by its output: it counts once.
    """
    taps = layer.kernel_size[0] * layer.kernel_size[1]
    if outputs:
        return layer.in_channels // layer.groups * taps + 3.0
    return 0.0 if layer.groups > 1 else layer.out_channels * float(taps)


def _prunes_outputs(dependency: Any) -> bool:
    writers = (
        torch_pruning.prune_conv_out_channels,
        torch_pruning.prune_depthwise_conv_out_channels,
    )
    return dependency.handler in writers


def _store_worth(network: nn.Module, worth: Mapping[str, Tensor]) -> None:
    """Store the worth as the gain's gradient, which Torch-Pruning prunes with its channels.

    The norm behind a depthwise convolution has the same channels as the norm before it, so its
    worth is left out.
    """
    before: nn.Module | None = None
    for name, module in network.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            depthwise = isinstance(before, nn.Conv2d) and before.groups > 1
            module.weight.grad = worth[name].clone() if name in worth and not depthwise else None
        if isinstance(module, nn.Conv2d | nn.BatchNorm2d):
            before = module


def _areas(network: nn.Module, example: Tensor) -> dict[nn.Module, int]:
    """The number of output positions of each convolution."""
    areas: dict[nn.Module, int] = {}

    def note(module: nn.Module, _inputs: Any, output: Tensor) -> None:
        areas[module] = output.shape[2] * output.shape[3]

    hooks = [m.register_forward_hook(note) for m in network.modules() if isinstance(m, nn.Conv2d)]
    with torch.no_grad():
        network.eval()(example)
    for hook in hooks:
        hook.remove()
    return areas


def _fixed(network: MobileNetV2) -> list[nn.Module]:
    """The layers whose outputs are not pruned: the classifier, the front, and the sum behind it."""
    fixed: list[nn.Module] = [network.classifier[1], network.features[FRONT].conv[2]]
    for position in range(FRONT):
        fixed += [m for m in network.features[position].modules() if isinstance(m, nn.Conv2d)]
    return fixed
