"""`grader experiment …`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.commands import experiment, experiment_work
from grader.errors import GraderError
from grader.experiments.parts import WAYS, experiment_path, seed_folder
from grader.experiments.record import write_record
from grader.experiments.run import Plan, Progress, Watch
from grader.labs.experiment import ExperimentSpec
from tests.experiments.results import finished
from tests.experiments.tiny import lab_experiment

LAB = lab_experiment()


def results(folder: Path) -> Path:
    """The records of a finished run in `folder`."""
    write_record(experiment_path(folder), LAB)
    for each in finished(LAB):
        at = seed_folder(folder, each.conditions.seed)
        write_record(at.conditions, each.conditions)
        for row in each.quantization:
            write_record(at.path / f"{row.row.replace(' ', '-')}-{row.engine}.json", row)
        for way in WAYS:
            for step in each.pruning[way]:
                write_record(at.pruning(way, step.iteration), step)
    return folder


def test_run_takes_the_experiment_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run itself has its own tests; a whole one leaves bands."""
    seen: list[tuple[ExperimentSpec, Plan]] = []

    def run(spec: ExperimentSpec, plan: Plan, watch: Watch) -> None:
        seen.append((spec, plan))
        watch(Progress(part="seed 0, training", done=0, of=9, seconds=None))
        results(plan.out)

    monkeypatch.setattr(experiment_work, "run", run)
    out = str(tmp_path / "out")
    ran = CliRunner().invoke(
        app, ["experiment", "run", "on-device-2022", "--threads", "1", "--out", out]
    )
    assert ran.exit_code == 0, ran.output
    assert seen == [(LAB, Plan(out=Path(out), seeds=3, threads=1, quick=False))]
    assert "1 of 9: seed 0, training" in ran.output
    assert (tmp_path / "out" / "bands.json").is_file()


def test_a_lab_without_an_experiment_is_told() -> None:
    """Also a name that is no lab's."""
    for name in ("prune-mobilenet-2024", "no-lab"):
        with pytest.raises(GraderError, match=name):
            experiment.experiment_of(name)


def test_every_wrong_key_is_told(tmp_path: Path) -> None:
    """With the file's name."""
    path = tmp_path / "lab.toml"
    path.write_text(
        'extends = "on-device-2022"\nname = "ours"\n'
        "[experiment]\nhidden = [0]\nlayers = 2\nbatch = 0\n"
    )
    with pytest.raises(GraderError, match=r"lab\.toml") as error:
        experiment.experiment_of(str(path))
    for key in ("hidden", "layers", "batch"):
        assert key in str(error.value)


def test_what_cannot_be_printed_is_told(tmp_path: Path) -> None:
    """Two formats at once, a folder without results, a folder that cannot be written."""
    folder = str(results(tmp_path / "out"))
    (tmp_path / "file").touch()
    for arguments in (
        [folder, "--markdown", "--latex"],
        [str(tmp_path)],
        [folder, "--plots", str(tmp_path / "file" / "plots")],
    ):
        ran = CliRunner().invoke(app, ["experiment", "table", *arguments])
        assert isinstance(ran.exception, GraderError)
        assert ran.exception.help
