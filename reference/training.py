"""Runs the stages of the recipe, each from its last checkpoint to its end."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from grader.errors import GraderError
from grader.networks.mobilenet_v2.vision import MobileNetV2
from reference import checkpoint
from reference.augment import prepared
from reference.checkpoint import Checkpoint
from reference.data import Images, Split
from reference.learner import (
    FULL,
    Learner,
    Progress,
    Record,
    blank,
    learner_for,
    steps_in,
    train_epoch,
)
from reference.network import build, widths_of
from reference.pruning import channel_worth, prune
from reference.recipe import RECIPE, SEED, START, Stage, before, fingerprint, stage_named
from reference.surrogate import surrogate, with_front, without_front

SHIPPED = Path(__file__).with_name("start")
_SAMPLE = 64
_WORTH_IMAGES = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of the recipe: its folder, its images, and the callback for every step.

    The result of a stage that this run has not trained is read from `shipped` if it is there, so
    that the last stage can be repeated without the hours before it.
    """

    folder: Path
    images: Split
    progress: Progress = lambda _text, _done, _total: None
    shipped: Path = SHIPPED

    def path(self, stage: Stage) -> Path:
        """The checkpoint of a stage."""
        return self.folder / f"{stage.name}.pt"

    def load(self, stage: Stage) -> Checkpoint:
        """Read the checkpoint of a stage."""
        return checkpoint.load(self.path(stage), fingerprint=fingerprint(stage))

    def ended(self, stage: Stage) -> bool:
        """True if the stage has finished."""
        return self.path(stage).is_file() and self.load(stage).done

    def result(self, stage: Stage) -> Checkpoint:
        """Read the checkpoint of a finished stage.

        Raises:
            GraderError: it has not finished.

        """
        if self.ended(stage):
            return self.load(stage)
        shipped = self.shipped / f"{stage.name}.pt"
        if shipped.is_file():
            return checkpoint.load(shipped, fingerprint=fingerprint(stage))
        raise GraderError(
            f"stage {stage.name!r} has not finished in {self.folder}",
            help="Run `python -m reference train` to finish all stages.",
        )


def run_stage(stage: Stage, run: Run) -> Checkpoint:
    """Train the stage from its last checkpoint to its end; return the final checkpoint.

    Raises:
        GraderError: the stage before has not finished, a checkpoint is damaged or of another run,
            or a new one cannot be written.

    """
    learner = _resumed(stage, run) if run.path(stage).is_file() else _started(stage, run)
    teacher = _teacher(stage, run)
    while learner.epoch < stage.epochs:
        train_epoch(stage, run.images, learner, teacher, run.progress)
        checkpoint.save(_state(stage, learner), run.path(stage))
        write_log(run.folder / f"{stage.name}.jsonl", learner.history)
    return run.load(stage)


def whole_network(stage: Stage, state: Checkpoint, images: Images) -> MobileNetV2:
    """Build the 224-pixel network from a stage's averaged weights, whatever its resolution."""
    if stage.resolution == FULL:
        network = build(state.widths)
        network.load_state_dict(state.average)
        return network
    return with_front(state.average, state.widths, prepared(images.pixels[:_SAMPLE], FULL))


def worth_after(stage: Stage, state: Checkpoint, images: Images) -> dict[str, Tensor]:
    """The worth of each channel at the end of a stage, on training images."""
    network = blank(state.widths, stage.resolution)
    network.load_state_dict(state.average)
    few = images.take(torch.arange(min(_WORTH_IMAGES, len(images))))
    return channel_worth(network, few, stage.resolution)


def write_log(path: Path, history: list[Record]) -> None:
    """Write one JSON line for each epoch, completely or not at all."""
    partial = path.with_suffix(".partial")
    partial.write_text("".join(json.dumps(line) + "\n" for line in history))
    partial.replace(path)


def _started(stage: Stage, run: Run) -> Learner:
    """Start the stage from the end of the one before it, pruned where the stage says so."""
    seed = SEED + RECIPE.index(stage)
    torch.manual_seed(seed)
    previous = before(stage)
    if previous is None:
        return learner_for(stage, surrogate(START), START, seed)
    state = run.result(previous)
    if stage.target_mflops is None and FULL not in (stage.resolution, previous.resolution):
        network = surrogate(state.widths)
        network.load_state_dict(state.average)
        return learner_for(stage, network, state.widths, seed)
    network = whole_network(previous, state, run.images.train)
    if stage.target_mflops is not None:
        worth = worth_after(previous, state, run.images.train)
        prune(network, worth, target_mflops=stage.target_mflops)
    widths = widths_of(network)
    if stage.resolution < FULL:
        network = without_front(network)
    return learner_for(stage, network, widths, seed)


def _resumed(stage: Stage, run: Run) -> Learner:
    state = run.load(stage)
    learner = learner_for(stage, blank(state.widths, stage.resolution), state.widths, seed=0)
    learner.generator.set_state(state.random)
    learner.network.load_state_dict(state.weights)
    learner.average.load_state_dict(state.average)
    learner.optimiser.load_state_dict(state.optimiser)
    learner.epoch, learner.history = state.epoch, list(state.history)
    learner.steps = state.epoch * steps_in(stage, run.images.train)
    return learner


def _teacher(stage: Stage, run: Run) -> nn.Module | None:
    if stage.teacher is None:
        return None
    state = run.result(stage_named(stage.teacher))
    teacher = surrogate(state.widths)
    teacher.load_state_dict(state.average)
    teacher.to(memory_format=torch.channels_last)
    frozen: nn.Module = teacher.eval().requires_grad_(False)
    return frozen


def _state(stage: Stage, learner: Learner) -> Checkpoint:
    return Checkpoint(
        fingerprint=fingerprint(stage),
        stage=stage.name,
        epoch=learner.epoch,
        done=learner.epoch == stage.epochs,
        widths=learner.widths,
        weights=learner.network.state_dict(),
        average=learner.average.state_dict(),
        optimiser=learner.optimiser.state_dict(),
        random=learner.generator.get_state(),
        history=tuple(learner.history),
    )
