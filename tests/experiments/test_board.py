"""The experiment's programs on a device: a real SSH server on loopback."""

import sys
from pathlib import Path

import pytest

from grader.devices import session
from grader.devices.pool import DeviceSpec
from grader.errors import GraderError
from grader.experiments import board as boards
from grader.experiments.board import Board, latency_of
from grader.experiments.images import ExperimentImages
from grader.experiments.parts import Quantizing, SeedFolder, parts_of
from grader.experiments.record import QuantizationRow, SeedResult, read_record
from grader.experiments.seed_run import SeedRun
from grader.experiments.tables import quantization_table
from tests.devices.loopback_device import LoopbackDevice
from tests.experiments.results import CONDITIONS
from tests.experiments.tiny import tiny_experiment

SPEC = tiny_experiment().model_copy(update={"quantization": ("float32", "D float16", "S qint8")})


@pytest.fixture(autouse=True)
def _briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "OTHER_WORK_SECONDS", 0.0)
    monkeypatch.setattr(session, "RUNS", 10)
    monkeypatch.setattr(boards, "MEASUREMENTS", 1)  # each imports torch on the device


def test_single_passes_are_grouped_into_runs() -> None:
    """Mean and deviation are those of the runs, in seconds; a rest is left out."""
    found = latency_of([1, 3, 2, 2, 1, 5, 100], batch=8, runs=3)
    assert (found.batch, found.runs, found.steady) == (8, 3, False)
    assert found.mean == pytest.approx(7 / 3 * 1e-3)
    assert found.deviation == pytest.approx(0.57735e-3, rel=1e-4)
    assert latency_of([2.0, 2.1], batch=1, runs=5).runs == 2
    assert latency_of([2.0, 2.1], batch=1, runs=5).steady


@pytest.mark.system
@pytest.mark.slow  # the exporter is imported here, torch on the device
def test_a_board_times_the_programs(
    ssh_device: LoopbackDevice, tmp_path: Path, images: ExperimentImages
) -> None:
    """Each row has latencies of both batches, no accuracy, and the board's name in the table."""
    board = Board(spec=ssh_device.spec(python=sys.executable))
    board.check()
    folder = SeedFolder(path=tmp_path / "seed-0")
    run = SeedRun(SPEC, images, folder, board)
    training, *others = parts_of(SPEC, 0, (board.engine,))
    run.run(training)
    found = []
    for part in others:
        if isinstance(part, Quantizing) and part.engine == board.engine:
            run.run(part)
            found.append(read_record(part.record(folder), QuantizationRow))
    float32, float16, static = found
    assert float16.unsupported
    for row in (float32, static):
        assert [each.batch for each in row.latencies] == [1, 8]
        assert all(0 < each.mean < 60 and each.runs == 5 for each in row.latencies)
        assert row.accuracy is None
        assert row.bytes
    result = SeedResult(conditions=CONDITIONS, quantization=tuple(found), pruning={})
    table = quantization_table(SPEC, [result])
    assert {row[3] for row in table.rows} == {"executorch on first"}
    assert any("executorch on first" in note for note in table.notes)


@pytest.mark.system
def test_a_board_without_executorch_is_told(tmp_path: Path) -> None:
    """With how to install it."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 3\n")
    python.chmod(0o755)
    home = {"HOME": str(tmp_path)}
    board = Board(spec=DeviceSpec(name="pi", python=str(python), environment=home))
    with pytest.raises(GraderError, match="pi has no ExecuTorch") as error:
        board.latency(b"a", b"b", batch=1, runs=5)
    assert error.value.help


@pytest.mark.system
def test_the_boards_runner_is_used_where_its_python_has_no_executorch(tmp_path: Path) -> None:
    """It prints the same line of times."""
    python, runner = tmp_path / "python", tmp_path / "runner"
    python.write_text("#!/bin/sh\nexit 3\n")
    times = '{"threads": 1, "warm_up": 1, "program": [2.0, 2.1], "beside": [8.0, 8.0]}'
    runner.write_text(f"#!/bin/sh\necho '{times}'\n")
    for each in (python, runner):
        each.chmod(0o755)
    home = {"HOME": str(tmp_path)}
    spec = DeviceSpec(name="pi", python=str(python), runner=str(runner), environment=home)
    found = Board(spec=spec).latency(b"a", b"b", batch=64, runs=5)
    assert (found.batch, found.runs, found.steady) == (64, 2, True)
    assert found.mean == pytest.approx(2.05e-3)
