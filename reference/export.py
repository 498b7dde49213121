"""Exports the trained network in the form that the lab asks for, and describes it."""

import io
import json
from dataclasses import replace
from pathlib import Path

import torch

from grader.errors import HarnessError
from grader.networks.mobilenet_v2.vision import MobileNetV2
from reference import checkpoint
from reference.learner import FULL, accuracy
from reference.network import mflops, widths_of
from reference.recipe import Stage
from reference.training import Run, whole_network

# Everything that torch.save may name in the pickle of a plain torchvision MobileNetV2.
_GLOBAL_PREFIXES = (
    "collections.OrderedDict",
    "torch.",
    "torchvision.models.mobilenetv2.",
    "torchvision.ops.misc.Conv2dNormActivation",
    "__builtin__.set",
    "builtins.set",
)


def candidate(stage: Stage, run: Run) -> MobileNetV2:
    """Build the plain torchvision network of a stage that has ended, in eval mode on the CPU."""
    network = whole_network(stage, run.result(stage), run.images.train)
    return network.to(memory_format=torch.contiguous_format).eval().requires_grad_(True)


def write_checkpoint(network: MobileNetV2, path: Path) -> None:
    """Write the full pickle, `torch.save(network)`, that the lab asks for.

    Raises:
        HarnessError: the pickle names classes that are not torch's or torchvision's.

    """
    buffer = io.BytesIO()
    torch.save(network, buffer)
    buffer.seek(0)
    foreign = [
        name
        for name in torch.serialization.get_unsafe_globals_in_checkpoint(buffer)
        if not name.startswith(_GLOBAL_PREFIXES)
    ]
    if foreign:
        raise HarnessError(f"the pickle would name {', '.join(foreign)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(buffer.getvalue())
    partial.replace(path)


def ship(stage: Stage, run: Run, folder: Path) -> Path:
    """Write a stage's result, without its optimiser's state, as a start for later stages."""
    state = replace(run.result(stage), weights={}, optimiser={})
    path = folder / f"{stage.name}.pt"
    checkpoint.save(state, path)
    return path


def describe(network: MobileNetV2, stage: Stage, run: Run) -> dict[str, object]:
    """MFLOPs, parameters and the accuracy on the held-out images at 224 pixels."""
    held_out = run.images.held_out
    return {
        "stage": stage.name,
        "mflops": mflops(network),
        "parameters": sum(p.numel() for p in network.parameters()),
        "held_out_accuracy": accuracy(network, held_out, FULL),
        "held_out_images": len(held_out),
        "widths": widths_of(network).as_lists(),
    }


def write_candidate(stage: Stage, run: Run) -> dict[str, object]:
    """Write `candidate.pth` and `candidate.json` of the stage into the run's folder."""
    network = candidate(stage, run)
    described = describe(network, stage, run)
    write_checkpoint(network, run.folder / "candidate.pth")
    (run.folder / "candidate.json").write_text(json.dumps(described, indent=2) + "\n")
    return described
