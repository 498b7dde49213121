from pathlib import Path

from typer.testing import CliRunner

from grader.cli import app
from grader.errors import GraderError
from grader.intake.pack import pack
from grader.labs.kinds import network_lab


def test_the_zip_is_made_or_what_is_missing_is_named(tmp_path: Path) -> None:
    """`pack` names the missing file, and with it there makes a zip that intake accepts."""
    asked = ["pack", str(tmp_path), "--id", "B1", "--into", str(tmp_path / "out")]
    (tmp_path / "mobilenet.pth").write_bytes(b"weights")
    lacking = CliRunner().invoke(app, asked)
    assert isinstance(lacking.exception, GraderError)
    assert ".ipynb" in f"{lacking.exception} {lacking.exception.help}"
    (tmp_path / "lab2.ipynb").write_text("{}")
    made = CliRunner().invoke(app, asked)
    assert made.exit_code == 0, made.output
    assert "B1.zip" in made.output
    again = pack(tmp_path, "B1", network_lab(), tmp_path / "again")
    assert (tmp_path / "out" / "B1.zip").read_bytes() == again.read_bytes()


def test_the_id_is_asked_for(tmp_path: Path) -> None:
    """Without --id, the command asks for the id."""
    (tmp_path / "mobilenet.pth").write_bytes(b"weights")
    (tmp_path / "lab2.ipynb").write_text("{}")
    asked = ["pack", str(tmp_path), "--into", str(tmp_path / "out")]
    ran = CliRunner().invoke(app, asked, input="B2\n")
    assert ran.exit_code == 0, ran.output
    assert (tmp_path / "out" / "B2.zip").is_file()


def test_a_write_up_is_not_packed(tmp_path: Path) -> None:
    """The PDF is handed in as it is; a check of it is offered."""
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7")
    asked = ["pack", str(tmp_path), "--id", "B1", "--lab", "on-device-2022"]
    ran = CliRunner().invoke(app, asked)
    assert isinstance(ran.exception, GraderError)
    assert "PDF" in str(ran.exception)
    assert "grader check" in (ran.exception.help or "")
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]
