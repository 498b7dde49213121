"""Reads a checkpoint in the sandbox and returns our own network of it, or the reason there is none.

checkpoint -> child: names, shapes, tensors -> the family's blueprint -> Network
           -> child: the hand-in's own answers -> compared with the network's
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from grader.errors import Fault, HarnessError
from grader.evidence.lineage import LineageEvidence, Width
from grader.labs.spec import LabSpec, NetworkSpec
from grader.networks.description import Description, parse
from grader.networks.family import Family
from grader.networks.network import Network, largest_difference
from grader.networks.probe_images import probe_images
from grader.networks.registry import family_named
from grader.sandbox import Child, Isolation, Limits, run
from grader.sandbox.reply import read_message
from grader.types import SubmittedFile

READ_LIMITS = Limits(wall_seconds=300, cpu_seconds=20, memory_bytes=2 << 30)  # it takes a second
ANSWER_LIMITS = Limits(wall_seconds=300, cpu_seconds=120, message_bytes=1 << 20)
IMAGES_COMPARED = 2
DIFFERENCE_TOLERATED = 1e-4  # of the largest logit; other batch sizes and CPUs move it by 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCheckpoint:
    """A hand-in's network, what was seen on the way, and what a person should look at."""

    network: Network
    evidence: LineageEvidence
    review: str | None


def read_checkpoint(
    checkpoint: SubmittedFile, lab: LabSpec, isolation: Isolation
) -> ReadCheckpoint:
    """Rebuild the network of `checkpoint`.

    Raises `Fault` when it is no network of the lab's family or cannot be read, and `HarnessError`
    when the child's answer makes no sense.
    """
    description, tensors = _described(checkpoint, lab, isolation)
    network, odd = recognise(description, tensors, lab.network)
    difference, silence = None, None
    if description.kind == "module":
        difference, silence = _compare_answers(checkpoint, description, network, lab, isolation)
    evidence = LineageEvidence(
        isolation=isolation.value,
        container=_container(description),
        widths=tuple(
            Width(layer=width.layer, original=width.original, kept=width.kept)
            for width in network.blueprint.widths()
        ),
        removed_blocks=tuple(network.blueprint.removed_layers),
        largest_difference=difference if difference != math.inf else None,
        answers=_verdict(description, difference, silence),
    )
    return ReadCheckpoint(
        network=network, evidence=evidence, review=_review(odd, difference, silence)
    )


def read_network(checkpoint: SubmittedFile, lab: LabSpec, isolation: Isolation) -> Network:
    """The network of `checkpoint` alone: nothing of it is run. Raises as `read_checkpoint` does."""
    description, tensors = _described(checkpoint, lab, isolation)
    return recognise(description, tensors, lab.network)[0]


def recognise(
    description: Description, tensors: Mapping[str, torch.Tensor], spec: NetworkSpec
) -> tuple[Network, tuple[str, ...]]:
    """Our network of a hand-in's tensors, and what a person should look at.

    Raises `Fault` when it is no network of the lab's family with the lab's number of classes.
    """
    family = family_named(spec.family)
    shapes = {name: tuple(value.shape) for name, value in tensors.items()}
    recognised = family.recognise(description, shapes)
    classes = recognised.blueprint.classes
    if classes != spec.classes:
        raise Fault(
            f"The network tells {classes} classes apart.",
            help=f"Train it on the lab's {spec.classes} classes before pruning.",
            expected=str(spec.classes),
            actual=str(classes),
        )
    builder = family.builder()
    network = builder.rebuild(recognised, tensors)
    return network, builder.check_modules(description, recognised, network)


def _described(
    checkpoint: SubmittedFile, lab: LabSpec, isolation: Isolation
) -> tuple[Description, dict[str, torch.Tensor]]:
    family = family_named(lab.network.family)
    return opened(_read(checkpoint, family, isolation), checkpoint.name, family)


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
    if difference is not None and not math.isfinite(difference):
        reasons.append("the model's own answers cannot be compared with those of its layers")
    elif difference is not None and difference > DIFFERENCE_TOLERATED:
        reasons.append(
            f"the model's own answers differ from those of its layers by {difference:.2g} of the "
            "largest logit, so more than widths was changed"
        )
    if silence is not None:
        reasons.append(f"the model could not be run as it was handed in: {silence}")
    return "; ".join(reasons) or None


def _read(checkpoint: SubmittedFile, family: Family[Any], isolation: Isolation) -> bytes:
    child = Child(
        program="unpickle",
        inputs=(checkpoint.path,),
        settings={"network": family.title, "root_class": family.root_class},
        limits=READ_LIMITS,
    )
    outcome = run(child, isolation)
    if outcome.cut_short:
        raise HarnessError(f"Reading {checkpoint.name} was cut short: the reader {outcome.story}.")
    if outcome.stopped or outcome.killed_by:
        raise Fault(
            f"Reading {checkpoint.name} stopped: the reader {outcome.story}.",
            help="Save the model again with torch.save(model, 'mobilenet.pth') and try `grader "
            "check` on it.",
        )
    if not outcome.ended_well:  # it answers whatever the bytes are, so this is a fault of ours
        raise HarnessError(f"The checkpoint's reader {outcome.story}: {outcome.last_words}")
    return outcome.message


def opened(
    message: bytes, name: str, family: Family[Any]
) -> tuple[Description, dict[str, torch.Tensor]]:
    """The reader's `message` on the checkpoint called `name`, checked.

    Raises `Fault` when it says that the checkpoint was refused, and `HarnessError` when it makes no
    sense.
    """
    metadata, tensors = read_message(message)
    description = parse(metadata)
    if description.refused_global is not None:
        raise Fault(
            f"{name} asks to load {description.refused_global!r}, which is no part of a "
            f"{family.title}. The file was not loaded and nothing in it was run.",
            help=family.save_plainly,
        )
    if description.unreadable is not None:
        raise Fault(f"{name} {description.unreadable}.", help=family.what_to_save)
    try:
        return description, {name: tensors[name] for name in description.tensors}
    except KeyError as error:
        raise HarnessError(
            f"The checkpoint's reader names {error}, and gave no such tensor."
        ) from error


def _compare_answers(
    checkpoint: SubmittedFile,
    description: Description,
    network: Network,
    lab: LabSpec,
    isolation: Isolation,
) -> tuple[float | None, str | None]:
    """The largest relative difference of logits, or why there is none."""
    if description.format == "legacy":
        return None, "torch.load's safe mode reads no whole model in the format before torch 1.6"
    settings = {
        "family": lab.network.family,
        "found_at": description.found_at,
        "seed": int(checkpoint.sha256[:12], 16),
        "images": IMAGES_COMPARED,
        "input_shape": list(lab.network.input_shape),
    }
    child = Child(
        program="answer", inputs=(checkpoint.path,), settings=settings, limits=ANSWER_LIMITS
    )
    outcome = run(child, isolation)
    if outcome.cut_short:
        raise HarnessError(f"Running {checkpoint.name} was cut short: it {outcome.story}.")
    if not outcome.ended_well:
        died = outcome.stopped or outcome.killed_by
        return None, outcome.story if died else (outcome.last_words or outcome.story)
    answers = read_message(outcome.message)[1].get("logits")
    if answers is None or answers.dtype != torch.float32:
        raise HarnessError("The hand-in's own answers came back as no logits.")
    return largest_difference(network, probe_images(settings), answers), None
