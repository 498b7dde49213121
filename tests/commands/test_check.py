import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.errors import GraderError
from tests.fake_stages import calls, hand_in, measure, time_
from tests.places import SAMPLE
from tests.test_cli import grader


def test_a_bad_hand_in_exits_1_with_reason_and_help(tmp_path: Path) -> None:
    """The reason is on the terminal and in every file for CI."""
    (tmp_path / "B1.zip").write_bytes(b"Rar!\x1a\x07\x00")
    files = {kind: tmp_path / kind for kind in ("junit", "summary", "gradescope")}
    options = [part for kind, file in files.items() for part in (f"--{kind}", str(file))]
    ran = grader("check", tmp_path / "B1.zip", "--data", SAMPLE, *options)
    assert ran.returncode == 1
    for said in (ran.stdout, *(each.read_text(encoding="utf-8") for each in files.values())):
        assert "RAR" in said
    assert json.loads(files["gradescope"].read_text(encoding="utf-8"))["score"] == 0
    assert "Traceback" not in ran.stdout + ran.stderr


@pytest.mark.system
def test_quick_takes_the_sample(tmp_path: Path) -> None:
    """--quick measures 1,000 images, without the test set, and says that this is not the grade."""
    (tmp_path / "S1.zip").write_bytes(b"no zip")
    missing = str(tmp_path / "no-such-batch.bin")
    ran = grader("check", tmp_path / "S1.zip", "--quick", "--data", missing)
    assert ran.returncode == 1
    assert "1,000 images" in ran.stderr
    assert "not the grade" in ran.stderr


@pytest.mark.parametrize(
    ("order", "timings"), [("time busy", 2), ("time busy-first", 2), ("time calm", 1)]
)
def test_a_busy_machine_times_once_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, order: str, timings: int
) -> None:
    """Whatever the second timing gives."""
    monkeypatch.setattr("grader.commands.check.measure_one", measure)
    monkeypatch.setattr("grader.commands.check.time_one", time_)
    monkeypatch.setenv("NOTES", str(tmp_path))
    CliRunner().invoke(app, ["check", str(hand_in(tmp_path / "in", "B1", order)), "--quick"])
    assert calls(tmp_path) == ["measure B1", *["time B1"] * timings]


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Before anything is measured."""
    ran = CliRunner().invoke(app, ["check", str(tmp_path / "B1.zip")])
    assert isinstance(ran.exception, GraderError)
    assert "B1.zip" in str(ran.exception)
