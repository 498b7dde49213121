import csv
from pathlib import Path

from typer.testing import CliRunner

from grader.cli import app
from grader.errors import GraderError
from tests.places import SAMPLE
from tests.test_cli import grader


def test_fail_under_a_roster_and_times(tmp_path: Path) -> None:
    """A failed hand-in has zero points, below --fail-under; missing students are listed.

    The results are written in any case.
    """
    (tmp_path / "B1.zip").write_bytes(b"")
    (tmp_path / "roster.csv").write_text("Student ID,Full name\nB1,Jane Doe\nB2,Li Wei\n")
    (tmp_path / "times.csv").write_text("Student ID,Submitted\nB1,2024-04-04 10:00\n")
    out = tmp_path / "results"
    ran = grader(
        *("grade", tmp_path / "B1.zip", "--out", out, "--data", SAMPLE, "--fail-under", 1),
        *("--roster", tmp_path / "roster.csv", "--submitted-at", tmp_path / "times.csv"),
    )
    assert ran.returncode == 1, ran.stderr
    assert "below 1" in ran.stderr
    assert "B2" in ran.stderr
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as sheet:
        assert [row[0] for row in csv.reader(sheet)][1:] == ["B1"]
    assert not list(out.glob("work*"))


def test_wrong_usage_writes_nothing(tmp_path: Path) -> None:
    """A missing lab or hand-in is an error before the results folder is created."""
    (tmp_path / "B1.zip").write_bytes(b"")
    for arguments in (["B2.zip"], ["B1.zip", "--lab", "no-such-lab"], ["B1.zip", "--device", "x"]):
        name, *options = arguments
        asked = ["grade", str(tmp_path / name), *options, "--out", str(tmp_path / "out")]
        ran = CliRunner().invoke(app, asked)
        assert isinstance(ran.exception, GraderError), arguments
        assert not (tmp_path / "out").exists()
