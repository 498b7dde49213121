"""Rebuilds the checkpoint as a network of the lab's family, which the other checks measure."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, fields, replace

import torch

from grader.datasets.dataset import TestSet
from grader.datasets.registry import dataset_named
from grader.errors import Fault, Skip
from grader.evaluators.flops import count_operations
from grader.evaluators.rebuilt import Images, RebuiltSubmission
from grader.evaluators.unpacked import UnpackedSubmission
from grader.evidence.lineage import OtherNetwork
from grader.networks.own_logits import compare
from grader.networks.read_checkpoint import ReadCheckpoint, read_checkpoint, rebuild
from grader.text import mflops, shown
from grader.types import Finding, Role, SubmittedFile

_OTHERS_READ = 8  # each takes a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """A rebuilt hand-in, as its checkpoint was read; its own module was not run yet."""

    rebuilt: RebuiltSubmission
    checkpoint: SubmittedFile
    read: ReadCheckpoint
    others: tuple[OtherNetwork, ...]

    @property
    def parameters(self) -> float:
        """The number of the network's parameters."""
        module = self.read.network.module
        return float(sum(parameter.numel() for parameter in module.parameters()))

    def measure(self) -> Finding:
        """Compare the logits of the hand-in's own module with the rebuilt network's.

        The value is the number of the network's parameters. Raises `HarnessError`.
        """
        read, isolation, spec = self.read, self.rebuilt.isolation, self.rebuilt.lab.network
        comparison = compare(self.checkpoint, read.description, read.network, spec, isolation)
        several = _several(read, self.others, self.rebuilt.checkpoint_key)
        evidence = read.evidence(comparison, isolation)
        return Finding(
            value=self.parameters,
            unit="parameters",
            evidence=replace(evidence, other_networks=self.others or None).json(),
            review="; ".join(filter(None, (read.review(comparison), several))) or None,
        )


def rebuild_submission(
    unpacked: UnpackedSubmission, data: TestSet, message: Future[bytes] | None = None
) -> Lineage:
    """Rebuild the hand-in's network, with the images of `data`.

    `message` is the reader's message, if the checkpoint is being read already. Raises `Skip`
    without a checkpoint, `Fault` if it is not a network of the lab's family, `HarnessError`, and
    `GraderError` if the test set has changed.
    """
    torch.set_num_threads(unpacked.threads)
    checkpoint = unpacked.submission.file(Role.CHECKPOINT)
    if checkpoint is None:
        raise Skip("There is no checkpoint to read.")
    unpacked.watch("structure", 0, 1)
    lab, key = unpacked.lab, unpacked.checkpoint_key
    if message is None:
        read = read_checkpoint(checkpoint, lab, unpacked.isolation, key)
    else:
        read = rebuild(message.result(), checkpoint.name, lab.network)
    others = tuple(_other(each, checkpoint, read, unpacked) for each in read.others[:_OTHERS_READ])
    pixels, labels = dataset_named(lab.dataset).read(data)
    rebuilt = RebuiltSubmission(
        **{each.name: getattr(unpacked, each.name) for each in fields(unpacked)},
        network=read.network,
        images=Images(pixels=pixels, labels=labels, is_sample=data.is_sample),
        has_own_module=read.description.kind == "module",
    )
    return Lineage(rebuilt=rebuilt, checkpoint=checkpoint, read=read, others=others)


def _other(
    key: str, checkpoint: SubmittedFile, found: ReadCheckpoint, unpacked: UnpackedSubmission
) -> OtherNetwork:
    """Another network of the checkpoint, with its MFLOPs or the reason why it has none."""
    try:
        network = read_checkpoint(checkpoint, unpacked.lab, unpacked.isolation, key).network
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
    measured = found.description.found_at
    why = "as --checkpoint-key says" if key is not None else "the first by the grader's order"
    named = [f"{shown(each.key)!r} ({_size(each)})" for each in others]
    named += [f"{more} more"] if more else []
    return (
        f"the checkpoint holds {len(found.others) + 1} networks; {measured!r} was measured, {why}. "
        f"Not measured: {', '.join(named)}. --checkpoint-key KEY measures another"
    )


def _size(other: OtherNetwork) -> str:
    return "not a network of the lab" if other.mflops is None else f"{mflops(other.mflops)} MFLOPs"
