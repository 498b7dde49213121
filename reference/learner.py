"""A network being trained: one epoch, one step, its averaged weights and its learning rate."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

from grader.networks.mobilenet_v2.vision import MobileNetV2
from reference import kernels
from reference.augment import augmented, prepared
from reference.data import Images, Split
from reference.network import Widths, build, mflops
from reference.recipe import Stage
from reference.surrogate import surrogate

FULL = 224
SMALL = 56
_AVERAGE_DECAY = 0.998
_MOMENTUM = 0.9
_CLIP = 5.0

Record: TypeAlias = dict[str, Any]
Progress: TypeAlias = Callable[[str, int, int], None]


@dataclass(slots=True, kw_only=True)
class Learner:
    """The state that changes while a stage trains.

    `masks` has, by the parameter's name, a bool mask of the weights that pruning keeps.
    """

    network: MobileNetV2
    average: MobileNetV2
    optimiser: torch.optim.SGD
    generator: torch.Generator
    widths: Widths
    mflops: float
    epoch: int = 0
    steps: int = 0
    history: list[Record] = field(default_factory=list)
    masks: dict[str, Tensor] = field(default_factory=dict)


def blank(widths: Widths, resolution: int) -> MobileNetV2:
    """Build a new network for images of `resolution` pixels: whole at 224, else a surrogate."""
    return build(widths) if resolution == FULL else surrogate(widths)


def learner_for(stage: Stage, network: MobileNetV2, widths: Widths, seed: int) -> Learner:
    """Make `network` ready for the stage's first step."""
    average = blank(widths, stage.resolution)
    average.load_state_dict(network.state_dict())
    network.to(memory_format=torch.channels_last)
    average.to(memory_format=torch.channels_last).requires_grad_(False)
    kernels.accelerate(network)
    # Weight decay on a batch norm or a depthwise filter would only change its scale.
    dense = [p for p in network.parameters() if p.dim() > 1 and p.shape[1] > 1]
    scales = [p for p in network.parameters() if not (p.dim() > 1 and p.shape[1] > 1)]
    optimiser = torch.optim.SGD(
        [
            {"params": dense, "weight_decay": stage.weight_decay},
            {"params": scales, "weight_decay": 0.0},
        ],
        lr=stage.rate,
        momentum=_MOMENTUM,
        nesterov=True,
    )
    return Learner(
        network=network,
        average=average,
        optimiser=optimiser,
        generator=torch.Generator().manual_seed(seed),
        widths=widths,
        mflops=mflops(build(widths)),
    )


def train_epoch(
    stage: Stage, images: Split, learner: Learner, teacher: nn.Module | None, progress: Progress
) -> None:
    """Train one epoch and add its line to the learner's history."""
    learner.network.train()
    started = time.monotonic()
    steps = steps_in(stage, images.train)
    losses, correct, rate = 0.0, 0, 0.0
    for step, batch in enumerate(_batches(stage, images.train, learner.generator)):
        rate = rate_at(stage, learner.epoch + step / steps)
        for group in learner.optimiser.param_groups:
            group["lr"] = rate
        loss, right = _step(stage, learner, batch, teacher)
        losses, correct = losses + loss, correct + right
        progress(f"{stage.name} {learner.epoch + 1}/{stage.epochs}", step + 1, steps)
    seconds = time.monotonic() - started
    held_out = accuracy(learner.average, images.held_out, stage.resolution)
    learner.epoch += 1
    learner.history.append(
        {
            "stage": stage.name,
            "epoch": learner.epoch,
            "loss": round(losses / steps, 4),
            "train_accuracy": round(correct / (steps * stage.batch), 4),
            "held_out_accuracy": held_out,
            "rate": rate,
            "images_per_second": round(steps * stage.batch / seconds, 1),
            "seconds": round(time.monotonic() - started, 1),
            "mflops": learner.mflops,
        }
    )


def accuracy(network: nn.Module, images: Images, resolution: int, batch: int = 200) -> float:
    """The fraction of `images` that the network classifies correctly, in float32 and eval mode."""
    network.eval()
    correct = 0
    with torch.inference_mode():
        for indices in torch.split(torch.arange(len(images)), batch):
            some = images.take(indices)
            answers = network(prepared(some.pixels, resolution)).argmax(1)
            correct += int((answers == some.labels).sum())
    return correct / len(images)


def rate_at(stage: Stage, epoch: float) -> float:
    """The learning rate: linear warm-up, then a cosine down to `rate_end`."""
    if epoch < stage.warmup:
        return stage.rate * (epoch + 0.01) / stage.warmup
    progress = (epoch - stage.warmup) / (stage.epochs - stage.warmup)
    cosine = (1 + math.cos(math.pi * progress)) / 2
    return stage.rate_end + (stage.rate - stage.rate_end) * cosine


def steps_in(stage: Stage, images: Images) -> int:
    """The number of steps of an epoch; images that do not fill a batch are left out."""
    return (stage.images or len(images)) // stage.batch


def _batches(stage: Stage, images: Images, generator: torch.Generator) -> Iterator[Images]:
    order = torch.randperm(len(images), generator=generator)
    for indices in torch.split(order[: steps_in(stage, images) * stage.batch], stage.batch):
        chosen = images.take(indices)
        yield Images(
            pixels=augmented(chosen.pixels, generator, cutout=stage.cutout), labels=chosen.labels
        )


def _step(
    stage: Stage, learner: Learner, batch: Images, teacher: nn.Module | None
) -> tuple[float, int]:
    """Take one step; return the loss and the number of correctly classified images."""
    images = prepared(batch.pixels, stage.resolution)
    with torch.autocast("cpu", torch.bfloat16):
        logits = learner.network(images).float()
    loss = functional.cross_entropy(logits, batch.labels, label_smoothing=stage.smoothing)
    if teacher is not None:
        small = images if stage.resolution == SMALL else prepared(batch.pixels, SMALL)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            target = teacher(small).float().softmax(1)
        taught = functional.cross_entropy(logits, target)
        loss = (1 - stage.distillation) * loss + stage.distillation * taught
    learner.optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    nn.utils.clip_grad_norm_(learner.network.parameters(), _CLIP)
    learner.optimiser.step()
    apply_masks(learner)
    _follow(learner)
    return float(loss.detach()), int((logits.argmax(1) == batch.labels).sum())


def apply_masks(learner: Learner) -> None:
    """Set the pruned weights to zero again after a step."""
    with torch.no_grad():
        for name, mask in learner.masks.items():
            learner.network.get_parameter(name).mul_(mask)


def _follow(learner: Learner) -> None:
    """Move the average a little towards the network, including the batch norms' statistics."""
    learner.steps += 1
    decay = min(_AVERAGE_DECAY, learner.steps / (learner.steps + 10))
    ours = learner.average.state_dict().values()
    theirs = learner.network.state_dict().values()
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a.is_floating_point()]
    with torch.no_grad():
        torch._foreach_lerp_([a for a, _ in pairs], [b for _, b in pairs], 1 - decay)
