"""Reads a checkpoint in the sandbox and rebuilds its network, or raises the reason it cannot.

checkpoint -> child: names, shapes, tensors -> the family's blueprint -> Network
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from grader.errors import Fault, GraderError, HarnessError
from grader.evidence.lineage import LineageEvidence, Width
from grader.labs.network_lab import NetworkLab, NetworkSpec
from grader.networks.checkpoint_reader import message_of
from grader.networks.description import Description, parse
from grader.networks.family import Blueprint, Family
from grader.networks.network import Network
from grader.networks.own_logits import Comparison
from grader.networks.refusals import refusal
from grader.networks.registry import family_named
from grader.sandbox.reply import read_message
from grader.sandbox.start import Isolation
from grader.text import counted
from grader.types import SubmittedFile

_PROTOCOL = 2  # which torch.save writes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCheckpoint:
    """The network rebuilt from a hand-in, and the description of its file.

    `notes` are differences from a plain file without effect on the network, `doubts` the ones that
    a person should know. The hand-in's own module has not been run.
    """

    network: Network
    description: Description
    notes: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def others(self) -> tuple[str, ...]:
        """The keys of the other networks in the file."""
        return tuple(self.description.others)

    def evidence(self, comparison: Comparison, isolation: Isolation) -> LineageEvidence:
        """Return the evidence, with the comparison of the logits."""
        return LineageEvidence(
            isolation=isolation.value,
            container=_container(self.description),
            widths=tuple(
                Width(layer=width.layer, original=width.original, kept=width.kept)
                for width in self.network.blueprint.widths()
            ),
            removed_blocks=tuple(self.network.blueprint.removed_layers),
            largest_difference=comparison.finite_difference,
            answers=comparison.result,
            notes=self.notes or None,
            checkpoint_key=self.description.found_at,
        )

    def review(self, comparison: Comparison) -> str | None:
        """Return the doubts for a person as one text; None if there are none."""
        reasons = list(self.doubts[:3])
        if more := len(self.doubts) - len(reasons):
            reasons.append(counted(more, "1 more difference", "{count} more differences"))
        return "; ".join(filter(None, (*reasons, comparison.doubt))) or None


def read_checkpoint(
    checkpoint: SubmittedFile, lab: NetworkLab, isolation: Isolation, key: str | None = None
) -> ReadCheckpoint:
    """Rebuild the network of `checkpoint` under `key`, or its first one.

    Raises `Fault` if it is not a network of the lab's family or cannot be read, `GraderError` if
    there is no network under `key`, and `HarnessError` if the child's message is malformed.
    """
    family = family_named(lab.network.family)
    return rebuild(message_of(checkpoint, family, isolation, key), checkpoint.name, lab.network)


def rebuild(message: bytes, name: str, spec: NetworkSpec) -> ReadCheckpoint:
    """Rebuild the network in the reader's `message` on the file `name`; as `read_checkpoint`."""
    description, tensors = read_reply(message, name, family_named(spec.family))
    recognised = recognise(description, tensors, spec)
    return ReadCheckpoint(
        network=recognised.network,
        description=description,
        notes=(*_notes(description), *recognised.notes),
        doubts=(
            *_unlike_pruning(recognised.network.blueprint),
            *recognised.doubts,
            *_doubts(description),
        ),
    )


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


def _notes(description: Description) -> tuple[str, ...]:
    """How the file differs from a plain one without effect on the network."""
    return (f"all names begin with {description.prefix!r}",) if description.prefix else ()


def _unlike_pruning(blueprint: Blueprint) -> tuple[str, ...]:
    """How the network differs from one whose channels were only pruned."""
    wider = [each for each in blueprint.widths() if each.kept > each.original]
    named = ", ".join(f"{each.layer} {each.kept} of {each.original}" for each in wider[:3])
    said = counted(
        len(wider),
        "1 layer is wider than the original, which is no pruning: {named}",
        "{count} layers are wider than the original, which is no pruning: {named}",
        named=named,
    )
    removed = ", ".join(blueprint.removed_layers)
    return (
        *([said] if wider else ()),
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
