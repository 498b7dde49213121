"""Whether the checkpoint is a pruned MobileNetV2; if so, the subject of all that is measured."""

from dataclasses import fields

import torch

from grader.datasets.cifar10 import TestSet, read
from grader.errors import Skip
from grader.evaluators.opened import Opened
from grader.evaluators.subject import Finding, Images, Subject
from grader.networks.read_checkpoint import examine
from grader.types import Role


def measure_lineage(opened: Opened, data: TestSet) -> tuple[Subject, Finding]:
    """The rebuilt network with the images of `data`, and the number of its parameters.

    Raises `Skip` without a checkpoint, `Fault` when it is no channel-pruned MobileNetV2,
    `HarnessError`, and `GraderError` when the test set has changed.
    """
    torch.set_num_threads(opened.threads)
    checkpoint = opened.submission.file(Role.CHECKPOINT)
    if checkpoint is None:
        raise Skip("There is no checkpoint to examine.")
    opened.watch("structure", 0, 1)
    examined = examine(checkpoint, opened.lab, opened.isolation)
    pixels, labels = read(data)
    subject = Subject(
        **{each.name: getattr(opened, each.name) for each in fields(opened)},
        network=examined.network,
        images=Images(pixels=pixels, labels=labels, is_sample=data.is_sample),
    )
    kept = sum(parameter.numel() for parameter in examined.network.module.parameters())
    return subject, Finding(
        value=float(kept), unit="parameters", evidence=examined.evidence, review=examined.review
    )
