"""Trains the experiment's network, and measures its accuracy."""

import zlib
from collections.abc import Callable

import torch
from torch import nn

from grader.experiments.exact import widths
from grader.experiments.images import Images
from grader.labs.experiment import ExperimentSpec
from grader.networks.registry import trained_family_named

TEST_BATCH = 1_000

Forward = Callable[[torch.Tensor], torch.Tensor]
"""Takes images, float32 (N, inputs); returns logits, float32 (N, classes)."""


def untrained(spec: ExperimentSpec, seed: int) -> nn.Module:
    """Return the network with the random weights of `seed`; torch's own seed is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return trained_family_named(spec.network).build(widths(spec))


def train(network: nn.Module, images: Images, spec: ExperimentSpec, seed: int) -> None:
    """Train with Adam and cross-entropy for the experiment's epochs; `seed` gives the order.

    Each call has a new optimizer, as in the lab, where each iteration calls the same function.
    """
    # The fused implementation takes half the time, and gives the same up to rounding.
    optimizer = torch.optim.Adam(network.parameters(), lr=spec.learning_rate, fused=True)
    generator = torch.Generator().manual_seed(seed)
    network.train()
    for _ in range(spec.epochs):
        order = torch.randperm(len(images.classes), generator=generator)
        for chosen in torch.split(order, spec.batch):
            logits = network(images.inputs[chosen])
            loss = nn.functional.cross_entropy(logits, images.classes[chosen])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    network.eval()


def accuracy(network: Forward, images: Images) -> float:
    """Return the fraction of images that the network classifies correctly."""
    correct = 0
    with torch.inference_mode():
        for start in range(0, len(images.classes), TEST_BATCH):
            inputs = images.inputs[start : start + TEST_BATCH]
            classes = images.classes[start : start + TEST_BATCH]
            correct += int((network(inputs).argmax(1) == classes).sum())
    return correct / len(images.classes)


def part_seed(seed: int, part: str, iteration: int) -> int:
    """Return the seed of one part of a run, so that a resumed run equals one without a break."""
    return zlib.crc32(f"{seed} {part} {iteration}".encode())
