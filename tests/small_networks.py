"""Networks small enough to run in a test, the images they are run on, and hand-ins made of them."""

import functools
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import Pixels
from grader.evaluators.hidden_draw import new_secret
from grader.evaluators.registry import Images, RebuiltSubmission
from grader.inference.eager import Logits, lab_logits
from grader.inference.preprocess import preprocess
from grader.inference.runnable import Runnable
from grader.labs.kinds import network_lab
from grader.networks.mobilenet_v2.blueprint import ORIGINAL_BLOCKS, Block, Blueprint
from grader.networks.mobilenet_v2.lowering import lower
from grader.networks.mobilenet_v2.rebuild import build
from grader.networks.network import Network
from grader.sandbox.start import best_isolation
from grader.types import Role, Submission, SubmittedFile

PREPROCESSING = CIFAR10.preprocessing
INPUT_SHAPE = network_lab().network.input_shape

torch.set_num_threads(1)  # on a loaded machine more threads wait for each other

STUDENT = "312551001"
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """A network of any kind: what an engine needs of one."""

    module: nn.Module


def narrow(width: int, residual: tuple[int, ...] = ()) -> Blueprint:
    """Every layer `width` channels wide; of the residual blocks only those at `residual` stay."""
    return Blueprint(
        stem=width,
        blocks=tuple(
            Block(position=block.position, hidden=width, outputs=width)
            for block in ORIGINAL_BLOCKS
            if not block.residual or block.position in residual
        ),
        last=width,
        classes=10,
    )


def sample_pixels(count: int) -> Pixels:
    """The first `count` images of the sample, uint8 (count, 3, 32, 32)."""
    return sample().pixels[:count]


@functools.cache
def sample() -> Images:
    """The 1,000 images that come with the grader."""
    pixels, labels = CIFAR10.read(CIFAR10.verify(CIFAR10.sample_path()))
    return Images(pixels=pixels, labels=labels, is_sample=True)


def network(blueprint: Blueprint, seed: int = 0) -> Network:
    """Random weights, with which the network still tells the sample's images apart.

    As after training, every batch norm has met the images, and no class has a head start.
    """
    module = build(blueprint).requires_grad_(False)
    torch.manual_seed(seed)
    norms = [layer for layer in module.modules() if isinstance(layer, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = 1.0
    for parameter in module.parameters():
        nn.init.normal_(parameter)
    pixels = sample_pixels(32)
    module.train()(preprocess(pixels, PREPROCESSING))
    for norm in norms:
        norm.momentum = 0.1
    rebuilt = Network(blueprint=blueprint, module=module.eval())
    bias = module.get_parameter("classifier.1.bias")
    bias.sub_(torch.from_numpy(lab_logits(rebuilt, pixels, PREPROCESSING).mean(axis=0)))
    return rebuilt


def decisive(blueprint: Blueprint, seed: int) -> Network:
    """As `network`, but it gives every image the class `seed % 10`, and by far.

    A near tie would be decided again by the lab's own loop, which takes most of the time of a
    hand-in with random weights.
    """
    made = network(blueprint, seed)
    made.module.get_parameter("classifier.1.bias")[seed % 10] += 1000
    return made


@functools.cache
def small() -> Network:
    """Eight channels everywhere and one residual block; not to be altered."""
    return network(narrow(8, residual=(3,)))


@functools.cache
def small_program() -> bytes:
    """The XNNPACK program of `small()`."""
    return lower(small())


def subject(
    network: Network, work: Path, images: int = 64, program: bytes = b""
) -> RebuiltSubmission:
    """`network` as an evaluator gets it, with a `.pte` of the bytes `program` unless empty."""
    checkpoint = work / "checkpoint"
    checkpoint.write_bytes(saved(network))
    files = [handed_in(Role.CHECKPOINT, "model/mobilenet.pth", checkpoint)]
    if program:
        (work / "program").write_bytes(program)
        files.append(handed_in(Role.PROGRAM, "model/mobilenet.pte", work / "program"))
    known = sample()
    return RebuiltSubmission(
        submission=Submission(
            id=STUDENT, source=work / f"{STUDENT}.zip", sha256="0" * 64, files=tuple(files)
        ),
        network=network,
        images=Images(
            pixels=known.pixels[:images], labels=known.labels[:images], is_sample=known.is_sample
        ),
        lab=network_lab(),
        isolation=best_isolation(),
        threads=1,
        work=work,
        watch=lambda _step, _done, _total: None,
        secret=new_secret(),
    )


def handed_in(role: Role, name: str, path: Path) -> SubmittedFile:
    """The file at `path`, handed in as `name`."""
    return SubmittedFile(role=role, name=name, path=path, size=path.stat().st_size, sha256="0" * 64)


def saved(network: Network) -> bytes:
    """The whole model as `torch.save` writes it."""
    buffer = io.BytesIO()
    torch.save(network.module, buffer)
    return buffer.getvalue()


def zipped(folder: Path, checkpoint: bytes | None, **others: bytes) -> Path:
    """The zip that `STUDENT` hands in: a checkpoint, unless None, a notebook, and `others`."""
    files: Mapping[str, bytes] = {f"{STUDENT}.ipynb": NOTEBOOK, **others}
    if checkpoint is not None:
        files = {"model/mobilenet.pth": checkpoint, **files}
    path = folder / f"{STUDENT}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def logits_of_the_lab(network: Runnable, pixels: Pixels) -> Logits:
    """The logits of the lab's own loop, in batches of 64."""
    starts = range(0, len(pixels), 64)
    return np.concatenate(
        [lab_logits(network, pixels[at : at + 64], PREPROCESSING) for at in starts]
    )


def state_dict(network: Runnable) -> bytes:
    """The weights alone as `torch.save` writes them: the hand-in that is read quickest."""
    buffer = io.BytesIO()
    torch.save(network.module.state_dict(), buffer)
    return buffer.getvalue()
