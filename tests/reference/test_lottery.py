from dataclasses import replace
from pathlib import Path

import pytest
import torch

from grader.errors import GraderError
from reference import checkpoint
from reference.fine_grained import prunable
from reference.lottery import Plan, iterate
from reference.recipe import Stage
from reference.surrogate import surrogate
from reference.training import Run
from tests.reference.networks import SMALL, random_split

STAGE = Stage(name="lottery", epochs=2, resolution=40, rate=0.05, batch=32)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run on random images."""
    return Run(folder=tmp_path, images=random_split())


@pytest.mark.parametrize("rewinding", [True, False])
def test_each_round_prunes_a_fifth_of_the_rest(run: Run, rewinding: bool) -> None:
    """The sparsity after n rounds is 1 - 0.8^n, and a pruned weight never comes back."""
    plan = Plan(widths=SMALL, stage=STAGE, rounds=2, rewinding=rewinding)
    rows = iterate(plan, run)
    assert [row["sparsity"] for row in rows] == pytest.approx([0.0, 0.2, 0.36], abs=1e-3)
    state = checkpoint.load(run.folder / f"{plan.name}.pt", fingerprint=plan.fingerprint)
    assert state.epoch == 2


def test_rounds_go_on_after_a_kill(run: Run) -> None:
    """Two rounds in two stretches give what two rounds at once do."""
    plan = Plan(widths=SMALL, stage=STAGE, rounds=2)
    iterate(replace(plan, rounds=1), run)
    rows = iterate(plan, run)
    fresh = replace(run, folder=run.folder / "fresh")
    assert rows == iterate(plan, fresh)


def test_rewinding_returns_to_early_weights(run: Run) -> None:
    """The weights kept to rewind to are not the dense network's last."""
    plan = Plan(widths=SMALL, stage=STAGE, rounds=0)
    iterate(plan, run)
    state = checkpoint.load(run.folder / f"{plan.name}.pt", fingerprint=plan.fingerprint)
    names = prunable(surrogate(SMALL))
    assert any(not torch.equal(state.weights[name], state.average[name]) for name in names)


def test_another_plans_checkpoint_is_refused(run: Run) -> None:
    """A plan with another share of weights a round does not go on from this one's file."""
    plan = Plan(widths=SMALL, stage=STAGE, rounds=0)
    iterate(plan, run)
    with pytest.raises(GraderError, match="another run"):
        iterate(replace(plan, share=0.5), run)
