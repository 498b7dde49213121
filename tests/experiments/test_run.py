"""A run of several seeds, which may be killed at any time."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from grader.devices.pool import DeviceSpec
from grader.errors import GraderError
from grader.experiments import run as runs
from grader.experiments.board import Board
from grader.experiments.parts import EXECUTORCH, Part, Quantizing, parts_of, read_run
from grader.experiments.run import Plan, Progress, quick_spec, run
from grader.labs.experiment import ExperimentSpec
from tests.experiments.tiny import TEST, TRAIN, lab_experiment, tiny_experiment

SPEC = tiny_experiment().model_copy(update={"quantization": ("float32", "D qint8")})

ALL_PARTS = runs.all_parts  # the fixture below replaces it


@pytest.fixture(autouse=True)
def _without_executorch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its exporter takes seconds, and has tests of its own."""
    monkeypatch.setattr(runs, "use_threads", lambda _count: None)

    def parts(spec: ExperimentSpec, seeds: Sequence[int], _board: object) -> list[Part]:
        return [part for seed in seeds for part in parts_of(spec, seed, ())]

    monkeypatch.setattr(runs, "all_parts", parts)


def plan(out: Path) -> Plan:
    """Two seeds with one thread."""
    return Plan(out=out, seeds=2, threads=1, quick=False)


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    """No part runs twice, and the progress counts those of the first start."""
    seen: list[Progress] = []

    def killed(progress: Progress) -> None:
        seen.append(progress)
        if progress.done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(SPEC, plan(tmp_path), killed)
    run(SPEC, plan(tmp_path), seen.append)
    of = seen[0].of
    assert [each.done for each in seen] == [*range(8), *range(7, of)]
    assert seen[7].part == seen[8].part
    assert (seen[0].seconds, seen[8].seconds) == (None, None)
    assert seen[-1].seconds is not None
    _, results = read_run(tmp_path)
    assert [each.conditions.seed for each in results] == [0, 1]
    assert all(len(rows) == 3 for each in results for rows in each.pruning.values())
    again: list[Progress] = []
    run(SPEC, plan(tmp_path), again.append)
    assert again == []


def test_the_conditions_are_recorded(tmp_path: Path) -> None:
    """Seed, threads, images and versions."""
    run(SPEC, replace(plan(tmp_path), seeds=1))
    _, (result,) = read_run(tmp_path)
    found = result.conditions
    assert (found.seed, found.threads, found.quick) == (0, 1, False)
    assert (found.train_images, found.test_images) == (TRAIN, TEST)
    assert found.torch == torch.__version__


def test_two_experiments_are_never_mixed(tmp_path: Path) -> None:
    """Neither another experiment nor other conditions go on in one folder."""
    run(SPEC, replace(plan(tmp_path), seeds=1))
    with pytest.raises(GraderError, match="another experiment"):
        run(SPEC.model_copy(update={"epochs": 2}), plan(tmp_path))
    with pytest.raises(GraderError, match="threads was 1 and is 2"):
        run(SPEC, replace(plan(tmp_path), threads=2))


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A path below a file is no folder."""
    (tmp_path / "file").touch()
    with pytest.raises(GraderError, match="cannot be written"):
        run(SPEC, plan(tmp_path / "file" / "out"))


def test_a_quick_run_is_short() -> None:
    """Everything is run, but little of it."""
    quick = quick_spec(lab_experiment())
    assert (quick.epochs, quick.prune_iterations, quick.hidden) == (1, 3, (1024, 1024))


def test_a_board_that_does_not_answer_is_told_before_hours_of_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No part has run by then."""

    def check(_board: Board) -> None:
        raise GraderError("pi does not answer.")

    monkeypatch.setattr(Board, "check", check)
    with pytest.raises(GraderError, match="pi"):
        run(SPEC, replace(plan(tmp_path), board=Board(spec=DeviceSpec(name="pi"))))
    assert list(tmp_path.glob("seed-*")) == []


@pytest.mark.parametrize("reason", [None, "ExecuTorch is not installed."])
def test_executorchs_rows_are_run_only_where_it_is_installed(
    reason: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the rows of torch's engines; a board needs the programs, so it is refused."""
    monkeypatch.setattr(runs, "why_unusable", lambda: reason)
    board = Board(spec=DeviceSpec(name="pi"))
    parts = ALL_PARTS(SPEC, [0], None)
    found = {part.engine for part in parts if isinstance(part, Quantizing)}
    assert (EXECUTORCH in found) is (reason is None)
    if reason is None:
        assert len(ALL_PARTS(SPEC, [0], board)) > len(parts)
    else:
        with pytest.raises(GraderError, match="not installed"):
            ALL_PARTS(SPEC, [0], board)
