"""Iterative magnitude pruning, with and without rewinding (Frankle and Carbin, ICLR 2019).

A dense network is trained; then each round prunes a share of the remaining weights, the smallest
first, over all layers. With rewinding the remaining weights return to their values early in the
dense training (Frankle et al., 2020) and are trained again on the same schedule; without rewinding
they are trained on for as many epochs.
"""

from dataclasses import dataclass, replace

import torch

from reference import checkpoint
from reference.checkpoint import Checkpoint
from reference.fine_grained import global_masks, prunable, sparsity_of
from reference.learner import Learner, Record, accuracy, apply_masks, learner_for, train_epoch
from reference.network import Widths
from reference.recipe import SEED, Stage
from reference.surrogate import surrogate
from reference.training import Run, write_log


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The number of rounds, the pruned share, and the training of a round.

    Weights rewind to epoch `rewind_to`.
    """

    widths: Widths
    stage: Stage
    rewind_to: int = 1
    rounds: int = 10
    share: float = 0.2
    rewinding: bool = True

    @property
    def name(self) -> str:
        """The name of this plan's files, without suffix."""
        return "lottery-rewound" if self.rewinding else "lottery-continued"

    @property
    def fingerprint(self) -> str:
        """A text that differs between plans; marks this plan's checkpoints."""
        return repr(replace(self, rounds=0))


def iterate(plan: Plan, run: Run) -> tuple[Record, ...]:
    """Run the remaining rounds; return a record of each round: sparsity and held-out accuracy."""
    path = run.folder / f"{plan.name}.pt"
    if path.is_file():
        state = checkpoint.load(path, fingerprint=plan.fingerprint)
    else:
        state = _dense(plan, run)
        checkpoint.save(state, path)
    while state.epoch < plan.rounds:
        state = _round(plan, run, state)
        checkpoint.save(state, path)
        write_log(run.folder / f"{plan.name}.jsonl", list(state.history))
    return state.history


def _dense(plan: Plan, run: Run) -> Checkpoint:
    """Train the dense network; its weights at the epoch to rewind to are kept as `average`."""
    torch.manual_seed(SEED)
    learner = learner_for(plan.stage, surrogate(plan.widths), plan.widths, SEED)
    early = _weights(learner)
    while learner.epoch < plan.stage.epochs:
        if learner.epoch == plan.rewind_to:
            early = _weights(learner)
        train_epoch(plan.stage, run.images, learner, None, run.progress)
    return _state(plan, run, learner, Checkpoint.blank(plan.fingerprint, plan.widths, early))


def _round(plan: Plan, run: Run, state: Checkpoint) -> Checkpoint:
    network = surrogate(plan.widths)
    network.load_state_dict(state.weights)
    pruned = 1 - (1 - sparsity_of(network)) * (1 - plan.share)
    masks = global_masks(network, pruned)
    if plan.rewinding:
        network.load_state_dict(state.average)
    learner = learner_for(plan.stage, network, plan.widths, SEED)
    learner.masks = masks
    apply_masks(learner)
    learner.average.load_state_dict(learner.network.state_dict())
    learner.epoch = plan.rewind_to
    while learner.epoch < plan.stage.epochs:
        train_epoch(plan.stage, run.images, learner, None, run.progress)
    return _state(plan, run, learner, replace(state, epoch=state.epoch + 1))


def _state(plan: Plan, run: Run, learner: Learner, before: Checkpoint) -> Checkpoint:
    record = {
        "rewinding": plan.rewinding,
        "round": before.epoch,
        "sparsity": sparsity_of(learner.network),
        "held_out_accuracy": accuracy(learner.average, run.images.held_out, plan.stage.resolution),
        "prunable_weights": sum(weight.numel() for weight in prunable(learner.network).values()),
    }
    return replace(before, weights=_weights(learner), history=(*before.history, record))


def _weights(learner: Learner) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in learner.network.state_dict().items()}
