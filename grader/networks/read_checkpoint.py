"""Reads a checkpoint in the sandbox and rebuilds its network, or raises the reason it cannot.

checkpoint -> child: names, shapes, tensors -> the family's blueprint -> Network
           -> child: the logits of the hand-in's own module -> compared with the network's
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from grader.errors import Fault, GraderError, HarnessError
from grader.evidence.lineage import LineageEvidence, Width
from grader.labs.network_lab import NetworkLab, NetworkSpec
from grader.networks.description import Description, parse
from grader.networks.family import Blueprint, Family
from grader.networks.network import Network, largest_difference
from grader.networks.probe_images import probe_images
from grader.networks.refusals import refusal
from grader.networks.registry import family_named
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.reply import read_message
from grader.sandbox.start import Child, Isolation, run
from grader.types import SubmittedFile

# usually one second
READ_LIMITS = SandboxLimits(wall_seconds=300, cpu_seconds=20, memory_bytes=2 << 30)
ANSWER_LIMITS = SandboxLimits(wall_seconds=300, cpu_seconds=120, message_bytes=1 << 20)
IMAGES_COMPARED = 2
_PROTOCOL = 2  # which torch.save writes
DIFFERENCE_TOLERATED = 1e-4  # of the largest logit; other batch sizes and CPUs move it by 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCheckpoint:
    """The rebuilt network of a hand-in, the evidence, and the doubts for a person, None if none.

    `others` are the keys of the other networks in the file.
    """

    network: Network
    evidence: LineageEvidence
    review: str | None
    others: tuple[str, ...] = ()


def read_checkpoint(
    checkpoint: SubmittedFile, lab: NetworkLab, isolation: Isolation, key: str | None = None
) -> ReadCheckpoint:
    """Rebuild the network of `checkpoint` under `key`, or its first one.

    Raises `Fault` if it is not a network of the lab's family or cannot be read, `GraderError` if
    there is no network under `key`, and `HarnessError` if the child's message is malformed.
    """
    description, tensors = _described(checkpoint, lab, isolation, key)
    recognised = recognise(description, tensors, lab.network)
    network, odd = recognised.network, recognised.doubts
    difference, why_not_run = None, None
    if description.kind == "module":
        difference, why_not_run = _compare_answers(checkpoint, description, network, lab, isolation)
    evidence = LineageEvidence(
        isolation=isolation.value,
        container=_container(description),
        widths=tuple(
            Width(layer=width.layer, original=width.original, kept=width.kept)
            for width in network.blueprint.widths()
        ),
        removed_blocks=tuple(network.blueprint.removed_layers),
        largest_difference=difference if difference != math.inf else None,
        answers=_comparison(description, difference, why_not_run),
        notes=(*_notes(description), *recognised.notes) or None,
        checkpoint_key=description.found_at,
    )
    return ReadCheckpoint(
        network=network,
        evidence=evidence,
        review=_review(
            (*_unlike_pruning(network.blueprint), *odd, *_doubts(description)),
            difference,
            why_not_run,
        ),
        others=tuple(description.others),
    )


def read_network(
    checkpoint: SubmittedFile, lab: NetworkLab, isolation: Isolation, key: str | None = None
) -> Network:
    """Rebuild the network of `checkpoint` and run nothing of it. Raises as `read_checkpoint`."""
    description, tensors = _described(checkpoint, lab, isolation, key)
    return recognise(description, tensors, lab.network).network


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedNetwork:
    """A network rebuilt from a hand-in's tensors, with notes on it and doubts for a person."""

    network: Network
    notes: tuple[str, ...]
    doubts: tuple[str, ...]


def recognise(
    description: Description, tensors: Mapping[str, torch.Tensor], spec: NetworkSpec
) -> RecognisedNetwork:
    """The network rebuilt from a hand-in's tensors.

    Raises `Fault` if it is not a network of the lab's family with the lab's number of classes.
    """
    family = family_named(spec.family)
    shapes = {name: tuple(value.shape) for name, value in tensors.items()}
    recognised = family.recognise(description, shapes)
    classes = recognised.blueprint.classes
    if classes != spec.classes:
        raise Fault(
            f"The network has {classes} output classes; the lab has {spec.classes}.",
            help=f"Train it on the lab's {spec.classes} classes before pruning.",
            expected=str(spec.classes),
            actual=str(classes),
        )
    builder = family.builder()
    network = builder.rebuild(recognised, tensors)
    return RecognisedNetwork(
        network=network,
        notes=recognised.notes,
        doubts=builder.check_modules(description, recognised, network),
    )


def _described(
    checkpoint: SubmittedFile, lab: NetworkLab, isolation: Isolation, key: str | None
) -> tuple[Description, dict[str, torch.Tensor]]:
    family = family_named(lab.network.family)
    return read_reply(_read(checkpoint, family, isolation, key), checkpoint.name, family)


def _notes(description: Description) -> tuple[str, ...]:
    """How the file differs from a plain one without effect on the network."""
    return (f"all names begin with {description.prefix!r}",) if description.prefix else ()


def _unlike_pruning(blueprint: Blueprint) -> tuple[str, ...]:
    """How the network differs from one whose channels were only pruned."""
    wider = [each for each in blueprint.widths() if each.kept > each.original]
    named = ", ".join(f"{each.layer} {each.kept} of {each.original}" for each in wider[:3])
    count = "1 layer is" if len(wider) == 1 else f"{len(wider)} layers are"
    removed = ", ".join(blueprint.removed_layers)
    return (
        *([f"{count} wider than the original, which is no pruning: {named}"] if wider else ()),
        *([f"residual blocks are gone: {removed}"] if removed else ()),
    )


def _doubts(description: Description) -> tuple[str, ...]:
    """How the file differs from one that the lab's own torch.load reads."""
    if description.protocol == _PROTOCOL:
        return ()
    return (
        f"the file was saved with pickle protocol {description.protocol}, which torch.load's safe "
        "mode refuses: save it without pickle_protocol",
    )


def _container(description: Description) -> str:
    kind = "full pickle" if description.kind == "module" else "state_dict"
    kind += f" under {description.found_at!r}" if description.found_at else ""
    return kind + (" in the format before torch 1.6" if description.format == "legacy" else "")


def _comparison(description: Description, difference: float | None, why_not_run: str | None) -> str:
    """How the logits of the hand-in's own module compare with ours, as evidence."""
    if description.kind == "state_dict":
        return "a state_dict has none of its own"
    if difference is None:
        return f"did not run: {why_not_run}"
    return "agree" if difference <= DIFFERENCE_TOLERATED else "differ"


def _review(odd: tuple[str, ...], difference: float | None, why_not_run: str | None) -> str | None:
    """The doubts for a person as one text; None if there are none."""
    reasons = list(odd[:3]) + ([f"{len(odd) - 3} more differences"] if len(odd) > 3 else [])
    if difference is not None and not math.isfinite(difference):
        reasons.append("the model's own logits cannot be compared with the rebuilt network's")
    elif difference is not None and difference > DIFFERENCE_TOLERATED:
        reasons.append(
            f"the model's own logits differ from the rebuilt network's by {difference:.2g} of the "
            "largest logit: more than layer widths was changed"
        )
    if why_not_run is not None:
        reasons.append(f"the model could not be run as it was handed in: {why_not_run}")
    return "; ".join(reasons) or None


def _read(
    checkpoint: SubmittedFile, family: Family[Any], isolation: Isolation, key: str | None
) -> bytes:
    child = Child(
        program="unpickle",
        inputs=(checkpoint.path,),
        settings={
            "title": family.title,
            "root_class": family.root_class,
            "trunk": family.trunk,
            "key": key,
        },
        limits=READ_LIMITS,
    )
    outcome = run(child, isolation)
    if outcome.interrupted:
        raise HarnessError(
            f"Reading {checkpoint.name} was interrupted: the reader {outcome.ending}."
        )
    if outcome.stopped or outcome.killed_by:
        raise Fault(
            f"Reading {checkpoint.name} stopped: the reader {outcome.ending}.",
            help="Save the model again with torch.save(model, 'mobilenet.pth') and try `grader "
            "check` on it.",
        )
    if not outcome.ended_well:  # it replies for any bytes, so this is the grader's fault
        raise HarnessError(f"The checkpoint's reader {outcome.ending}: {outcome.error_line}")
    return outcome.message


def read_reply(
    message: bytes, name: str, family: Family[Any]
) -> tuple[Description, dict[str, torch.Tensor]]:
    """The description and the tensors, by name, in the reader's `message` on the file `name`.

    Raises `Fault` if the reader refused the checkpoint, `GraderError` if it has no network under
    the requested key, and `HarnessError` if the message is malformed.
    """
    metadata, tensors = read_message(message)
    description = parse(metadata)
    if description.unknown_key is not None:
        keys = ", ".join(repr(each) for each in description.unknown_key)
        raise GraderError(
            f"{name} has no network under that --checkpoint-key.", help=f"It has {keys}."
        )
    if fault := refusal(description, name, family):
        raise fault
    try:
        return description, {name: tensors[name] for name in description.tensors}
    except KeyError as error:
        raise HarnessError(
            f"The checkpoint's reader lists the tensor {error} but did not send it."
        ) from error


def _compare_answers(
    checkpoint: SubmittedFile,
    description: Description,
    network: Network,
    lab: NetworkLab,
    isolation: Isolation,
) -> tuple[float | None, str | None]:
    """The largest relative difference of logits and None, or None and why there is none."""
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
    if outcome.interrupted:
        raise HarnessError(f"Running {checkpoint.name} was interrupted: it {outcome.ending}.")
    if not outcome.ended_well:
        died = outcome.stopped or outcome.killed_by
        return None, outcome.ending if died else (outcome.error_line or outcome.ending)
    answers = read_message(outcome.message)[1].get("logits")
    if answers is None or answers.dtype != torch.float32:
        raise HarnessError("The sandbox child sent no logits of the hand-in's own model.")
    return largest_difference(network, probe_images(settings), answers), None
