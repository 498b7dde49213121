"""Pruned networks small enough to run in a test, and the checkpoints that are made of them."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from grader.labs.kinds import network_lab
from grader.networks.description import Description
from grader.networks.mobilenet_v2.blueprint import ORIGINAL_BLOCKS, Block, Blueprint
from grader.networks.mobilenet_v2.family import MOBILENET_V2
from grader.networks.mobilenet_v2.rebuild import build
from grader.networks.network import Network
from grader.networks.read_checkpoint import read_reply, recognise
from grader.sandbox.child.networks_in import Wanted
from grader.sandbox.child.unpickle import answer

WANTED = Wanted(
    title=MOBILENET_V2.title, root_class=MOBILENET_V2.root_class, trunk=MOBILENET_V2.trunk
)
CLASSES = 10
NAME = "mobilenet.pth"
# No two neighbouring stages are equally wide, so that shapes alone tell the blocks apart.
_OUTPUTS = {16: 2, 24: 3, 32: 1, 64: 4, 96: 2, 160: 3, 320: 4}


def uneven(*removed: int) -> Blueprint:
    """Widths of 1 to 5, without the blocks at `removed`."""
    return Blueprint(
        stem=3,
        blocks=tuple(
            Block(
                position=block.position,
                hidden=3 if block.expansion == 1 else 1 + block.position % 4,
                outputs=_OUTPUTS[block.outputs],
            )
            for block in ORIGINAL_BLOCKS
            if block.position not in removed
        ),
        last=5,
        classes=CLASSES,
    )


def module_of(blueprint: Blueprint, seed: int = 0) -> nn.Module:
    """A network of these widths with random weights, in eval mode, that tells images apart."""
    torch.manual_seed(seed)
    module = build(blueprint).to_empty(device="cpu").train()
    for name, tensor in module.state_dict().items():
        if name.endswith("num_batches_tracked"):
            tensor.zero_()
        elif tensor.dim() == 1:
            tensor.uniform_(0.5, 1.5)  # a positive bias: no ReLU6 is dead
        else:
            tensor.normal_()
    norms = [layer for layer in module.modules() if isinstance(layer, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
    with torch.no_grad():
        module(torch.randn(8, 3, 64, 64))  # after which every norm knows its input
    for norm in norms:
        norm.momentum = 0.1
    return module.eval()


def without_numbers(module: nn.Module) -> nn.Module:
    """`module` with the Identities deleted and the other features renumbered, as students do it."""
    features = module.get_submodule("features")
    kept = [layer for layer in features.children() if not isinstance(layer, nn.Identity)]
    module.add_module("features", nn.Sequential(*kept))
    return module


def saved(content: object, folder: Path, *, zipped: bool = True) -> Path:
    """`content` as `torch.save` writes it, today or before torch 1.6."""
    path = folder / NAME
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    return path


def edited(path: Path, edit: Callable[[bytes], bytes]) -> Path:
    """The checkpoint at `path` with its pickle passed through `edit`."""
    with zipfile.ZipFile(path) as file:
        records = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w") as file:
        for name, content in records.items():
            file.writestr(name, edit(content) if name.endswith("/data.pkl") else content)
    return path


def recognised(path: Path) -> tuple[Network, tuple[str, ...]]:
    """Our network of the checkpoint at `path` and the oddities seen, without a child between."""
    found = recognise(*described(path), network_lab().network)
    return found.network, found.doubts


def notes(path: Path) -> tuple[str, ...]:
    """The notes on the checkpoint at `path`."""
    return recognise(*described(path), network_lab().network).notes


def described(path: Path, key: str | None = None) -> tuple[Description, dict[str, torch.Tensor]]:
    """The description and the tensors of the checkpoint at `path`, without a child between."""
    message = answer(path, replace(WANTED, key=key))
    return read_reply(message, path.name, MOBILENET_V2)


def logits(module: nn.Module) -> torch.Tensor:
    """Answers to three small random images, float32 of shape (3, classes)."""
    images = torch.randn((3, 3, 64, 64), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        answers: torch.Tensor = module.eval()(images)
    return answers
