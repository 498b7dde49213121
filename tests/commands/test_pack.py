from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import app
from grader.commands.verdict import HandIn
from grader.errors import GraderError
from grader.intake.pack import pack
from grader.labs.kinds import network_lab
from grader.types import Report
from tests.places import SAMPLE
from tests.report.examples import failed, passed
from tests.report.measured import NOT_MOBILENET


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with all that the lab asks for."""
    made = tmp_path / "lab2"
    made.mkdir()
    (made / "mobilenet.pth").write_bytes(b"weights")
    (made / "lab2.ipynb").write_text("{}")
    return made


def run(monkeypatch: pytest.MonkeyPatch, report: Report, *words: object) -> Result:
    """Pack with a check that gives this report."""

    def checked(hand_in: HandIn, _: object) -> Report:
        assert hand_in.path.is_file()
        return report

    monkeypatch.setattr("grader.commands.pack.checked", checked)
    return CliRunner().invoke(app, ["pack", *map(str, words)])


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """And nothing is packed."""
    (tmp_path / "mobilenet.pth").write_bytes(b"weights")
    ran = CliRunner().invoke(app, ["pack", str(tmp_path), "--id", "B1", "--into", str(tmp_path)])
    assert isinstance(ran.exception, GraderError)
    assert ".ipynb" in f"{ran.exception} {ran.exception.help}"
    assert not (tmp_path / "B1.zip").exists()


def test_the_zip_is_made_and_told(
    monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path
) -> None:
    """What is in it, what was renamed, what was left out; the verdict last."""
    (folder / "notes.txt").write_text("")
    report = passed("B1", 44.0, 9300, 0.4)
    ran = run(monkeypatch, report, folder, "--id", "B1", "--into", tmp_path / "out")
    assert ran.exit_code == 0, ran.output
    assert "renamed from mobilenet.pth" in ran.output
    assert "renamed from lab2.ipynb" in ran.output
    assert "Left out: notes.txt" in ran.output
    assert ran.output.index("Left out") < ran.output.index("would be accepted")
    again = pack(folder, "B1", network_lab(), tmp_path / "again")
    assert (tmp_path / "out" / "B1.zip").read_bytes() == again.path.read_bytes()


def test_a_zip_that_would_not_be_accepted_is_made_again(
    monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path
) -> None:
    """The exit code says so; the command to run again replaces the zip, which is not packed."""
    refused = failed("B1", NOT_MOBILENET)
    asked = (folder, "--id", "B1", "--into", folder)
    ran = run(monkeypatch, refused, *asked)
    assert ran.exit_code == 1
    assert "NOT be accepted" in ran.output
    assert "--replace" in ran.output
    kept = run(monkeypatch, refused, *asked)
    assert isinstance(kept.exception, GraderError)
    assert "--replace" in (kept.exception.help or "")
    (folder / "mobilenet.pth").write_bytes(b"others")
    accepted = run(monkeypatch, passed("B1", 44.0, 9300, 0.4), *asked, "--replace")
    assert accepted.exit_code == 0
    assert "Left out" not in accepted.output
    assert pack(folder, "B1", network_lab(), tmp_path).path.read_bytes() == (
        (folder / "B1.zip").read_bytes()
    )


def test_the_id_is_asked_for(monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path) -> None:
    """In words; the command to run again has it."""
    monkeypatch.setattr("grader.commands.pack.checked", lambda *_: failed("B2", NOT_MOBILENET))
    asked = ["pack", str(folder), "--into", str(tmp_path / "out")]
    ran = CliRunner().invoke(app, asked, input="B2\n")
    assert "Your student id" in ran.output
    assert "--id B2" in " ".join(ran.output.split())
    assert (tmp_path / "out" / "B2.zip").is_file()


def test_the_check_is_that_of_the_zip(folder: Path, tmp_path: Path) -> None:
    """Weights that are none are refused."""
    asked = ["pack", str(folder), "--id", "B1", "--into", str(tmp_path), "--data", str(SAMPLE)]
    ran = CliRunner().invoke(app, asked)
    assert ran.exit_code == 1
    assert "✗ B1.zip would NOT be accepted" in ran.output
    assert "mobilenet.pth" in ran.output


def test_a_write_up_is_not_packed(tmp_path: Path) -> None:
    """The PDF is handed in as it is; a check of it is offered."""
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7")
    asked = ["pack", str(tmp_path), "--id", "B1", "--lab", "on-device-2022"]
    ran = CliRunner().invoke(app, asked)
    assert isinstance(ran.exception, GraderError)
    assert "PDF" in str(ran.exception)
    assert "grader check" in (ran.exception.help or "")
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]
