"""Builds our own torchvision MobileNetV2 of a blueprint's widths and loads the tensors into it."""

from collections.abc import Mapping

import torch
from torch import nn

from grader.errors import Fault
from grader.networks.mobilenet_v2.blueprint import Blueprint, original
from grader.networks.mobilenet_v2.lineage import Lineage
from grader.networks.mobilenet_v2.vision import mobilenet_v2
from grader.networks.network import Network


def rebuild(lineage: Lineage, tensors: Mapping[str, torch.Tensor]) -> Network:
    """The network of a hand-in's `tensors`, which bear the names they were handed in under.

    Raises `Fault` for weights that are not finite fp32, or that make NaN of every image: the lab's
    snippet computes in fp32, and a NaN has no accuracy.
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
    if name.endswith("running_var") and bool((tensor < 0).any()):
        raise Fault(
            f"{name} holds a negative variance, so every answer is NaN.",
            help="Batch norm never writes one: save the model again as it was after training.",
        )


def original_network(classes: int) -> Network:
    """The unpruned network of so many classes, its weights as torchvision begins with them."""
    module = mobilenet_v2(num_classes=classes)
    return Network(blueprint=original(classes), module=module.eval().requires_grad_(False))


def build(blueprint: Blueprint) -> nn.Module:
    """A MobileNetV2 of these widths, its weights as they happen to be.

    Not on the meta device, whose first use imports a second's worth of torch.
    """
    network: nn.Module = mobilenet_v2(num_classes=blueprint.classes)
    for name, shape in blueprint.shapes().items():
        path, _, parameter = name.rpartition(".")
        if parameter == "weight":
            _replace(network, path, shape)
    for position in blueprint.removed:
        network.get_submodule("features")[position] = nn.Identity()  # type: ignore[operator]  # a Sequential
    return network


def _replace(network: nn.Module, path: str, weight: tuple[int, ...]) -> None:
    """Put a layer whose weight has shape `weight` in the place of the original at `path`."""
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
