"""What `grader experiment` does once its arguments are read."""

from pathlib import Path

import pytest

from grader.commands import experiment_work
from grader.experiments.parts import read_run
from grader.experiments.run import Plan
from tests.commands.test_experiment import LAB, results


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "not known"), (5, "less than a minute"), (130, "2 min"), (5_400, "1 h 30 min")],
)
def test_what_remains_is_said_for_people(seconds: float | None, words: str) -> None:
    """In hours and minutes."""
    assert words in experiment_work.remains(seconds)


def test_only_a_whole_run_leaves_bands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder whose run is not finished has none, and that is no error."""
    monkeypatch.setattr(experiment_work, "run", lambda *_: None)
    whole, broken = results(tmp_path / "whole"), results(tmp_path / "broken")
    next(broken.glob("seed-1/with-rewinding-*.json")).unlink()
    for folder in (whole, broken):
        experiment_work.run_all(LAB, Plan(out=folder, seeds=3, threads=1, quick=False))
    assert (whole / experiment_work.BANDS).is_file()
    assert not (broken / experiment_work.BANDS).exists()


def test_the_plots_are_three_pictures(tmp_path: Path) -> None:
    """None where nothing was pruned."""
    found = read_run(results(tmp_path / "run"))[1]
    written = experiment_work.write_plots(found, tmp_path)
    assert [each.name for each in written] == ["accuracy.png", "disk.png", "latency.png"]
    assert all(each.read_bytes().startswith(b"\x89PNG") for each in written)
    assert experiment_work.write_plots((), tmp_path) == []
