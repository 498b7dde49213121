"""The checkpoint as a network of the lab's family: the subject of all that is measured."""

from dataclasses import fields

import torch

from grader.datasets.dataset import TestSet
from grader.datasets.registry import dataset_named
from grader.errors import Skip
from grader.evaluators.rebuilt import Images, RebuiltSubmission
from grader.evaluators.unpacked import UnpackedSubmission
from grader.networks.read_checkpoint import read_checkpoint
from grader.types import Finding, Role


def measure_lineage(opened: UnpackedSubmission, data: TestSet) -> tuple[RebuiltSubmission, Finding]:
    """The rebuilt network with the images of `data`, and the number of its parameters.

    Raises `Skip` without a checkpoint, `Fault` when it is no network of the lab's family,
    `HarnessError`, and `GraderError` when the test set has changed.
    """
    torch.set_num_threads(opened.threads)
    checkpoint = opened.submission.file(Role.CHECKPOINT)
    if checkpoint is None:
        raise Skip("There is no checkpoint to examine.")
    opened.watch("structure", 0, 1)
    examined = read_checkpoint(checkpoint, opened.lab, opened.isolation)
    pixels, labels = dataset_named(opened.lab.dataset).read(data)
    subject = RebuiltSubmission(
        **{each.name: getattr(opened, each.name) for each in fields(opened)},
        network=examined.network,
        images=Images(pixels=pixels, labels=labels, is_sample=data.is_sample),
    )
    kept = sum(parameter.numel() for parameter in examined.network.module.parameters())
    return subject, Finding(
        value=float(kept),
        unit="parameters",
        evidence=examined.evidence.json(),
        review=examined.review,
    )
