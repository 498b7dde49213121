"""Rebuilds the checkpoint as a network of the lab's family, which the other checks measure."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import torch

from grader.datasets.dataset import TestSet
from grader.datasets.registry import dataset_named
from grader.errors import Fault, Skip
from grader.evaluators.flops import count_operations
from grader.evaluators.rebuilt import Images, RebuiltSubmission
from grader.evaluators.unpacked import UnpackedSubmission
from grader.evidence.lineage import OtherNetwork
from grader.networks.read_checkpoint import ReadCheckpoint, read_checkpoint, read_network
from grader.text import mflops, shown
from grader.types import Finding, Role, SubmittedFile

_OTHERS_READ = 8  # each takes a second


def measure_lineage(
    unpacked: UnpackedSubmission, data: TestSet
) -> tuple[RebuiltSubmission, Finding]:
    """The rebuilt network with the images of `data`, and the number of its parameters.

    Raises `Skip` without a checkpoint, `Fault` if it is not a network of the lab's family,
    `HarnessError`, and `GraderError` if the test set has changed.
    """
    torch.set_num_threads(unpacked.threads)
    checkpoint = unpacked.submission.file(Role.CHECKPOINT)
    if checkpoint is None:
        raise Skip("There is no checkpoint to read.")
    unpacked.watch("structure", 0, 1)
    key = unpacked.checkpoint_key
    found = read_checkpoint(checkpoint, unpacked.lab, unpacked.isolation, key)
    others = tuple(
        _other(each, checkpoint, found, unpacked) for each in found.others[:_OTHERS_READ]
    )
    pixels, labels = dataset_named(unpacked.lab.dataset).read(data)
    rebuilt = RebuiltSubmission(
        **{each.name: getattr(unpacked, each.name) for each in fields(unpacked)},
        network=found.network,
        images=Images(pixels=pixels, labels=labels, is_sample=data.is_sample),
    )
    kept = sum(parameter.numel() for parameter in found.network.module.parameters())
    return rebuilt, Finding(
        value=float(kept),
        unit="parameters",
        evidence=replace(found.evidence, other_networks=others or None).json(),
        review="; ".join(filter(None, (found.review, _several(found, others, key)))) or None,
    )


def _other(
    key: str, checkpoint: SubmittedFile, found: ReadCheckpoint, unpacked: UnpackedSubmission
) -> OtherNetwork:
    """Another network of the checkpoint, with its MFLOPs or the reason why it has none."""
    try:
        network = read_network(checkpoint, unpacked.lab, unpacked.isolation, key)
    except Fault as fault:
        return OtherNetwork(key=key, problem=fault.reason)
    operations, _ = count_operations(network, unpacked.lab.network)
    return OtherNetwork(
        key=key,
        mflops=operations / 1e6,
        same_weights=_same_weights(network.module.state_dict(), found.network.module.state_dict()),
    )


def _same_weights(one: Mapping[str, torch.Tensor], other: Mapping[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def _several(found: ReadCheckpoint, others: Sequence[OtherNetwork], key: str | None) -> str | None:
    """What a person should know of a checkpoint with several networks; None if all are equal."""
    more = len(found.others) - len(others)
    if all(each.same_weights for each in others) and not more:
        return None
    measured = found.evidence.checkpoint_key
    why = "as --checkpoint-key says" if key is not None else "the first by the grader's order"
    named = [f"{shown(each.key)!r} ({_size(each)})" for each in others]
    named += [f"{more} more"] if more else []
    return (
        f"the checkpoint holds {len(found.others) + 1} networks; {measured!r} was measured, {why}. "
        f"Not measured: {', '.join(named)}. --checkpoint-key KEY measures another"
    )


def _size(other: OtherNetwork) -> str:
    return "not a network of the lab" if other.mflops is None else f"{mflops(other.mflops)} MFLOPs"
