"""Rebuilds the checkpoint as a network of the lab's family, which the other checks measure."""

from dataclasses import fields

import torch

from grader.datasets.dataset import TestSet
from grader.datasets.registry import dataset_named
from grader.errors import Skip
from grader.evaluators.rebuilt import Images, RebuiltSubmission
from grader.evaluators.unpacked import UnpackedSubmission
from grader.networks.read_checkpoint import read_checkpoint
from grader.types import Finding, Role


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
    found = read_checkpoint(checkpoint, unpacked.lab, unpacked.isolation)
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
        evidence=found.evidence.json(),
        review=found.review,
    )
