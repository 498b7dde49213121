import zipfile
from pathlib import Path

from typer.testing import CliRunner

from grader.cli import app
from grader.errors import GraderError
from tests.places import SAMPLE


def test_the_autograder_is_built(tmp_path: Path) -> None:
    """The zip has the two scripts of an autograder, and no test set unless one is given."""
    to = tmp_path / "autograder.zip"
    ran = CliRunner().invoke(app, ["gradescope", "build", "--to", str(to)])
    assert ran.exit_code == 0, ran.exception
    with zipfile.ZipFile(to) as archive:
        assert {"setup.sh", "run_autograder"} <= set(archive.namelist())
        assert "test_batch.bin" not in archive.namelist()


def test_a_sample_is_not_built_in(tmp_path: Path) -> None:
    """With a sample, every grade of the course would be an estimate."""
    asked = ["gradescope", "build", "--to", str(tmp_path / "a.zip"), "--data", str(SAMPLE)]
    ran = CliRunner().invoke(app, asked)
    assert isinstance(ran.exception, GraderError)
    assert not (tmp_path / "a.zip").exists()


def test_a_lab_of_write_ups_needs_no_test_set(tmp_path: Path) -> None:
    """The image downloads none; `--data` is refused."""
    to = tmp_path / "autograder.zip"
    asked = ["gradescope", "build", "--lab", "on-device-2022", "--to", str(to)]
    ran = CliRunner().invoke(app, [*asked, "--data", str(SAMPLE)])
    assert isinstance(ran.exception, GraderError)
    assert not to.exists()
    assert CliRunner().invoke(app, asked).exit_code == 0
    with zipfile.ZipFile(to) as archive:
        assert b"data fetch" not in archive.read("setup.sh")
        assert b"lab=on-device-2022" in archive.read("run_autograder")


def test_a_submission_is_named_by_its_student(tmp_path: Path) -> None:
    """The path is printed for run_autograder, alone on its line."""
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "B1.ipynb").write_text("{}")
    ran = CliRunner().invoke(app, ["gradescope", "hand-in", str(tmp_path)])
    assert ran.exit_code == 0, ran.exception
    assert ran.output == f"{tmp_path / 'work' / 'B1'}\n"
    assert (tmp_path / "work" / "B1" / "B1.ipynb").is_file()
