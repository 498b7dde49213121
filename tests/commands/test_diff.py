from pathlib import Path

from typer.testing import CliRunner

from grader.cli import app
from grader.errors import GraderError
from grader.results.write import write_results
from tests.report.examples import LAB, passed


def test_equal_folders_exit_0(tmp_path: Path) -> None:
    """Two equal results folders give exit code 0."""
    for name in ("a", "b"):
        write_results([passed("A1", 44.0, 9300, 0.4)], LAB, tmp_path / name)
    ran = CliRunner().invoke(app, ["diff", str(tmp_path / "a"), str(tmp_path / "b")])
    assert ran.exit_code == 0
    assert "0 different" in ran.output


def test_different_folders_exit_1(tmp_path: Path) -> None:
    """The differences are printed."""
    write_results([passed("A1", 44.0, 9300, 0.4)], LAB, tmp_path / "a")
    write_results([passed("A1", 43.0, 9300, 0.4)], LAB, tmp_path / "b")
    ran = CliRunner().invoke(app, ["diff", str(tmp_path / "a"), str(tmp_path / "b")])
    assert ran.exit_code == 1
    assert "43.000000" in ran.output


def test_a_folder_without_results_is_told_of(tmp_path: Path) -> None:
    """A folder without results is an error."""
    write_results([passed("A1", 44.0, 9300, 0.4)], LAB, tmp_path / "a")
    ran = CliRunner().invoke(app, ["diff", str(tmp_path / "a"), str(tmp_path / "b")])
    assert isinstance(ran.exception, GraderError)
