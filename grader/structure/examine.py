"""Reads a checkpoint in the sandbox and returns our own network of it, or the reason there is none.

checkpoint -> child: names, shapes, tensors -> Blueprint -> Network
           -> child: the hand-in's own answers -> compared with the network's
"""

import json
from dataclasses import dataclass

import torch
from safetensors import SafetensorError
from safetensors.torch import load

from grader.errors import Fault, HarnessError
from grader.lab import LabSpec
from grader.sandbox import Child, Isolation, Limits, Outcome, run
from grader.structure.description import Description, parse
from grader.structure.fidelity import check_modules, largest_difference
from grader.structure.lineage import HELP, trace
from grader.structure.probe import probe_images
from grader.structure.rebuild import Network, rebuild
from grader.types import HandedInFile, Json

READ_LIMITS = Limits(wall_seconds=60, cpu_seconds=60, memory_bytes=2 << 30)
ANSWER_LIMITS = Limits(wall_seconds=120, cpu_seconds=120, message_bytes=1 << 20)
IMAGES_COMPARED = 2
DIFFERENCE_TOLERATED = 1e-4  # of the largest logit; other batch sizes and CPUs move it by 1e-6
_METADATA_AT_MOST = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A hand-in's network, what was seen on the way, and what a person should look at."""

    network: Network
    evidence: dict[str, Json]
    review: str | None


def examine(checkpoint: HandedInFile, lab: LabSpec, isolation: Isolation) -> Examined:
    """Rebuild the network of `checkpoint`.

    Raises `Fault` when it is no channel-pruned MobileNetV2 or cannot be read, and `HarnessError`
    when the child's answer makes no sense.
    """
    description, tensors = _read(checkpoint, isolation)
    lineage = trace(description, {name: tuple(value.shape) for name, value in tensors.items()})
    if lineage.blueprint.classes != lab.network.classes:
        raise Fault(
            f"The network tells {lineage.blueprint.classes} classes apart.",
            help=f"Train it on the lab's {lab.network.classes} classes before pruning.",
            expected=str(lab.network.classes),
            actual=str(lineage.blueprint.classes),
        )
    network = rebuild(lineage, tensors)
    odd = check_modules(description, lineage, network)
    difference, silence = None, None
    if description.kind == "module":
        difference, silence = _compare_answers(checkpoint, description, network, lab, isolation)
    evidence: dict[str, Json] = {
        "isolation": isolation.value,
        "container": _container(description),
        "widths": [
            {"layer": width.layer, "original": width.original, "kept": width.kept}
            for width in network.blueprint.widths()
        ],
        "removed_blocks": [f"features.{position}" for position in network.blueprint.removed],
        "largest_difference": difference,
        "answers": _verdict(description, difference, silence),
    }
    return Examined(network=network, evidence=evidence, review=_review(odd, difference, silence))


def _container(description: Description) -> str:
    kind = "full pickle" if description.kind == "module" else "state_dict"
    kind += f" under {description.found_at!r}" if description.found_at else ""
    return kind + (" in the format before torch 1.6" if description.format == "legacy" else "")


def _verdict(description: Description, difference: float | None, silence: str | None) -> str:
    if description.kind == "state_dict":
        return "a state_dict has none of its own"
    if difference is None:
        return f"did not run: {silence}"
    return "agree" if difference <= DIFFERENCE_TOLERATED else "differ"


def _review(odd: tuple[str, ...], difference: float | None, silence: str | None) -> str | None:
    reasons = list(odd[:3]) + ([f"{len(odd) - 3} more such places"] if len(odd) > 3 else [])
    if difference is not None and difference > DIFFERENCE_TOLERATED:
        reasons.append(
            f"the model's own answers differ from those of its layers by {difference:.2g} of the "
            "largest logit, so more than widths was changed"
        )
    if silence is not None:
        reasons.append(f"the model could not be run as it was handed in: {silence}")
    return "; ".join(reasons) or None


def _read(
    checkpoint: HandedInFile, isolation: Isolation
) -> tuple[Description, dict[str, torch.Tensor]]:
    child = Child(program="unpickle", inputs=(checkpoint.path,), settings={}, limits=READ_LIMITS)
    outcome = run(child, isolation)
    if not outcome.ended_well:
        raise Fault(
            f"Reading {checkpoint.name} {_as_past(outcome)}.",
            help="Save the model again with torch.save(model, 'mobilenet.pth') and try `grader "
            "check` on it.",
        )
    description, tensors = _parse(outcome.message)
    if description.refused_global is not None:
        raise Fault(
            f"{checkpoint.name} asks to load {description.refused_global!r}, which is no part of a "
            "MobileNetV2. The file was not loaded and nothing in it was run.",
            help="Save torchvision's own model, without classes or functions of your notebook: "
            "torch.save(model, 'mobilenet.pth').",
        )
    if description.unreadable is not None:
        raise Fault(f"{checkpoint.name} {description.unreadable}.", help=HELP)
    return description, tensors


def _as_past(outcome: Outcome) -> str:
    return outcome.story if outcome.stopped else f"stopped: the reader {outcome.story}"


def _parse(message: bytes) -> tuple[Description, dict[str, torch.Tensor]]:
    length = int.from_bytes(message[:8], "little")
    if not 0 < length <= min(len(message), _METADATA_AT_MOST):
        raise HarnessError("The checkpoint's reader answered in no known form.")
    try:
        metadata = json.loads(message[8 : 8 + length])["__metadata__"]
        return parse(metadata), load(message)
    except (ValueError, KeyError, TypeError, RecursionError, SafetensorError) as error:
        raise HarnessError(f"The checkpoint's reader answered in no known form: {error}") from error


def _compare_answers(
    checkpoint: HandedInFile,
    description: Description,
    network: Network,
    lab: LabSpec,
    isolation: Isolation,
) -> tuple[float | None, str | None]:
    """The largest relative difference of logits, or why there is none."""
    settings = {
        "found_at": description.found_at,
        "seed": int(checkpoint.sha256[:12], 16),
        "images": IMAGES_COMPARED,
        "input_shape": list(lab.network.input_shape),
    }
    child = Child(
        program="answer", inputs=(checkpoint.path,), settings=settings, limits=ANSWER_LIMITS
    )
    outcome = run(child, isolation)
    if not outcome.ended_well:
        lines = outcome.noise.strip().splitlines()
        return None, outcome.stopped or (lines[-1][:200] if lines else outcome.story)
    try:
        answers = load(outcome.message)["logits"]
    except (SafetensorError, KeyError) as error:
        raise HarnessError("The hand-in's own answers came back in no known form.") from error
    return largest_difference(network, probe_images(settings), answers), None
