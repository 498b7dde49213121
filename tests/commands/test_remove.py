"""`grader remove`."""

from pathlib import Path

from typer.testing import CliRunner

from grader.cli import app
from grader.errors import GraderError
from grader.results.read import read_results
from tests.classes import graded
from tests.report.examples import passed

CLASS = tuple(passed(student, 44.0, 9300, 0.4) for student in ("B1", "B2"))


def test_a_student_is_removed_and_the_copy_is_named(tmp_path: Path) -> None:
    """Exit code 0."""
    out = graded(tmp_path / "out", *CLASS)
    ran = CliRunner().invoke(app, ["remove", "B1", str(out)])
    assert ran.exit_code == 0
    assert "earlier" in ran.output
    assert [each.submission.id for each in read_results(out)] == ["B2"]


def test_an_unknown_student_is_an_error(tmp_path: Path) -> None:
    """So is a folder without results, which is not created."""
    out = graded(tmp_path / "out", *CLASS)
    for arguments in (["B9", str(out)], ["B1", str(tmp_path / "none")]):
        ran = CliRunner().invoke(app, ["remove", *arguments])
        assert isinstance(ran.exception, GraderError)
    assert read_results(out) == CLASS
    assert not (tmp_path / "none").exists()
