from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.errors import GraderError
from grader.results.folder import LEADERBOARD
from grader.results.write import write_results
from tests.report.examples import LAB, passed
from tests.report.write_ups import DUE as WRITE_UP_LAB
from tests.report.write_ups import example_class as write_ups

CLASS = (passed("109550017", 44.0, 9300, 0.4), passed("109550018", 60.0, 9100, 0.4))


@pytest.mark.parametrize("anonymous", [True, False])
def test_the_leaderboard_is_written(tmp_path: Path, anonymous: bool) -> None:
    """The page has all ids, or with --anonymous none."""
    write_results(CLASS, LAB, tmp_path)
    asked = ["leaderboard", str(tmp_path), *(["--anonymous"] if anonymous else [])]
    ran = CliRunner().invoke(app, asked)
    assert ran.exit_code == 0, ran.output
    page = (tmp_path / LEADERBOARD).read_text(encoding="utf-8")
    assert all((each.submission.id in page) is not anonymous for each in CLASS)
    assert "45.29" in page


def test_a_lab_without_a_formula_has_no_leaderboard(tmp_path: Path) -> None:
    """Nothing ranks write-ups, and no empty page is written."""
    write_results(write_ups(), WRITE_UP_LAB, tmp_path)
    ran = CliRunner().invoke(app, ["leaderboard", str(tmp_path)])
    assert isinstance(ran.exception, GraderError)
    assert not (tmp_path / LEADERBOARD).exists()
