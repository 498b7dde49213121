from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.results.folder import LEADERBOARD
from grader.results.write import write_results
from tests.report.examples import LAB, passed

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
