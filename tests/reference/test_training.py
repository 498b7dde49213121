from dataclasses import replace
from pathlib import Path

import pytest
import torch

from grader.errors import GraderError
from reference import pruning, recipe, training
from reference.checkpoint import Checkpoint
from reference.export import ship
from reference.learner import rate_at
from reference.network import mflops
from reference.recipe import Stage
from reference.training import Run, run_stage, whole_network
from tests.reference.networks import SMALL, random_split

TINY = (
    Stage(name="first", epochs=2, resolution=40, rate=0.05, warmup=0.5, batch=32),
    Stage(name="pruned", epochs=1, resolution=56, rate=0.02, batch=32, target_mflops=4.5,
          teacher="first", distillation=0.5),
    Stage(name="whole", epochs=1, resolution=224, rate=0.01, batch=8, images=16,
          teacher="pruned", distillation=0.5),
)  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of the tiny recipe."""
    monkeypatch.setattr(pruning, "_STEP", 0.05)  # a tenth of the steps
    for module in (recipe, training):
        monkeypatch.setattr(module, "RECIPE", TINY)
        monkeypatch.setattr(module, "START", SMALL)
    return Run(folder=tmp_path, images=random_split(), shipped=tmp_path / "none")


def _killed_after(run: Run, epochs: int) -> Run:
    """The same run, stopped as by a kill in the middle of the epoch that follows `epochs`."""
    steps = 0

    def progress(_text: str, done: int, total: int) -> None:
        nonlocal steps
        steps += 1
        if steps > epochs * total and done == 1:
            raise KeyboardInterrupt

    return replace(run, progress=progress)


def _same(one: Checkpoint, other: Checkpoint) -> bool:
    return all(torch.equal(value, other.average[name]) for name, value in one.average.items())


@pytest.mark.slow
def test_all_stages(run: Run) -> None:
    """Training, pruning and the whole network follow each other; the log has a line an epoch."""
    for stage in TINY:
        final = run_stage(stage, run)
        assert final.done
        assert run.ended(stage)
        assert len((run.folder / f"{stage.name}.jsonl").read_text().splitlines()) == stage.epochs
    network = whole_network(TINY[-1], final, run.images.train)
    assert mflops(network) == final.history[-1]["mflops"] <= 4.5


def test_a_killed_stage_ends_as_one_that_was_not(run: Run) -> None:
    """Killed in its second epoch and started again, a stage ends with the very same weights."""
    with pytest.raises(KeyboardInterrupt):
        run_stage(TINY[0], _killed_after(run, 1))
    assert run.load(TINY[0]).epoch == 1
    resumed = run_stage(TINY[0], run)
    run.path(TINY[0]).unlink()
    assert _same(resumed, run_stage(TINY[0], run))


def test_a_stage_waits_for_the_one_before(run: Run) -> None:
    """A stage whose predecessor has not ended says what to run."""
    with pytest.raises(GraderError, match="first"):
        run_stage(TINY[1], run)


def test_a_stage_begins_from_what_is_shipped(run: Run, tmp_path: Path) -> None:
    """Where the stage before was not trained here, its shipped result serves as well."""
    run_stage(TINY[0], run)
    ship(TINY[0], run, tmp_path / "start")
    elsewhere = replace(run, folder=tmp_path / "elsewhere", shipped=tmp_path / "start")
    assert run_stage(TINY[1], elsewhere).done
    assert not elsewhere.ended(TINY[0])


def test_rate_warms_up_and_falls() -> None:
    """The rate rises to its peak at the end of the warm-up and ends at `rate_end`."""
    stage = replace(TINY[0], epochs=10, warmup=2.0, rate=1.0, rate_end=0.1)
    rates = [rate_at(stage, epoch / 10) for epoch in range(101)]
    assert max(rates) == rate_at(stage, 2.0) == 1.0
    assert rates[0] < rates[10] < rates[20] > rates[50] > rates[90]
    assert rates[-1] == pytest.approx(0.1)
