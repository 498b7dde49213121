"""Builds torchvision's MobileNetV2 with a blueprint's widths and loads the tensors into it."""

from collections.abc import Mapping

import torch
from torch import nn

from grader.errors import Fault
from grader.networks.mobilenet_v2.blueprint import Blueprint, original
from grader.networks.mobilenet_v2.lineage import Lineage
from grader.networks.mobilenet_v2.vision import MobileNetV2
from grader.networks.network import Network

_EPSILON = nn.BatchNorm2d(1).eps  # added to a variance, which may therefore be slightly negative


def rebuild(lineage: Lineage, tensors: Mapping[str, torch.Tensor]) -> Network:
    """The network of a hand-in's `tensors`, keyed by their names in the hand-in.

    Raises `Fault` for weights that are not finite fp32, or that give NaN for every image: the lab's
    snippet computes in fp32, and a NaN has no class.
    """
    state = {}
    for name, handed_in in lineage.names.items():
        tensor = tensors.get(handed_in)
        if name.endswith("num_batches_tracked"):
            state[name] = torch.zeros((), dtype=torch.int64)  # only training reads it
            continue
        assert tensor is not None
        _check_values(handed_in, tensor)
        state[name] = tensor
    module = build(lineage.blueprint)
    module.load_state_dict(state, assign=True)
    return Network(blueprint=lineage.blueprint, module=module.eval().requires_grad_(False))


def _check_values(name: str, tensor: torch.Tensor) -> None:
    if tensor.dtype != torch.float32:
        raise Fault(
            f"{name} is {str(tensor.dtype).removeprefix('torch.')}, not float32.",
            help="Call model.float() before torch.save.",
        )
    if not bool(torch.isfinite(tensor).all()):
        raise Fault(
            f"{name} holds NaN or infinity.",
            help="The training diverged: save an earlier checkpoint, or lower the learning rate.",
        )
    if name.endswith("running_var") and not bool(torch.isfinite(_normalised(tensor)).all()):
        raise Fault(
            f"{name} holds a negative variance, so every output is NaN.",
            help="Training never produces one: save the model again as it was after training.",
        )


def _normalised(variance: torch.Tensor) -> torch.Tensor:
    """One over the deviation of each channel, as batch norm computes it in eval mode."""
    ones, zeros = torch.ones(1, len(variance), 1, 1), torch.zeros_like(variance)
    return nn.functional.batch_norm(ones, zeros, variance, eps=_EPSILON)


def original_network(classes: int) -> Network:
    """The unpruned network with `classes` classes and torchvision's initial weights."""
    module = MobileNetV2(num_classes=classes)
    return Network(blueprint=original(classes), module=module.eval().requires_grad_(False))


def build(blueprint: Blueprint) -> nn.Module:
    """A MobileNetV2 of these widths, with arbitrary weights.

    Not on the meta device: its first use takes a second of imports.
    """
    network: nn.Module = MobileNetV2(num_classes=blueprint.classes)
    for name, shape in blueprint.shapes().items():
        path, _, parameter = name.rpartition(".")
        if parameter == "weight":
            _replace(network, path, shape)
    if not blueprint.head_bias:
        network.get_submodule("classifier.1").register_parameter("bias", None)
    for position in blueprint.removed:
        network.get_submodule("features")[position] = nn.Identity()  # type: ignore[operator]  # a Sequential
    return network


def _replace(network: nn.Module, path: str, weight: tuple[int, ...]) -> None:
    """Replace the original layer at `path` with one whose weight has shape `weight`."""
    parent, _, name = path.rpartition(".")
    original = network.get_submodule(path)
    layer: nn.Module
    if isinstance(original, nn.Conv2d):
        depthwise = original.groups > 1
        layer = nn.Conv2d(
            weight[0] if depthwise else weight[1],
            weight[0],
            original.kernel_size,  # type: ignore[arg-type]  # a pair, as Conv2d stores it
            stride=original.stride,  # type: ignore[arg-type]  # the same
            padding=original.padding,  # type: ignore[arg-type]  # the same
            groups=weight[0] if depthwise else 1,
            bias=False,
        )
    elif isinstance(original, nn.BatchNorm2d):
        layer = nn.BatchNorm2d(weight[0])
    else:
        layer = nn.Linear(weight[1], weight[0])
    setattr(network.get_submodule(parent), name, layer)
