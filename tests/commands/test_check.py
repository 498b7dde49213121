import io
import json
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from grader.cli import app
from grader.errors import GraderError
from tests.ci_runners import commands_anywhere
from tests.fake_stages import calls, hand_in, measure, time_
from tests.intake.archives import folder_of
from tests.notebook.books import book, code, encoded, markdown
from tests.places import SAMPLE
from tests.small_networks import small, zipped
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
@pytest.mark.parametrize("columns", ["80", "61", "200"])
def test_no_line_of_the_log_is_a_command_of_the_hand_ins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    """What a student's function raises is printed, wrapped anywhere, and is no command."""
    monkeypatch.setenv("COLUMNS", columns)
    said = "".join(
        f"{'x' * number} ::error title=a::b ##[error]c ##vso[d]e " for number in range(9)
    )
    function = f"def fine_grained_prune(tensor, sparsity):\n    raise ValueError({said!r})\n"
    cells = book(markdown("## Question 2"), code(function))
    source = zipped(tmp_path, None, **{"B1.ipynb": encoded(cells)})
    ran = grader("check", source, "--quick", "--summary", tmp_path / "summary.md")
    assert ran.returncode == 1
    assert commands_anywhere(ran.stdout) == commands_anywhere(ran.stderr) == []
    assert commands_anywhere((tmp_path / "summary.md").read_text(encoding="utf-8")) == []
    first, *_, last = ran.stdout.splitlines()
    assert last == f"::{first.removeprefix('::stop-commands::')}::"


@pytest.mark.system
def test_the_case_of_workflow_commands(cases: Path, tmp_path: Path) -> None:
    """A real hand-in whose exception is a command."""
    case = cases / "attacks" / "workflow-command.zip"
    for options in ((), ("--summary", tmp_path / "summary.md")):
        ran = grader("check", case, "--quick", *options)
        assert "forged" in ran.stdout
        assert commands_anywhere(ran.stdout) == commands_anywhere(ran.stderr) == []


@pytest.mark.system
def test_quick_takes_the_sample(tmp_path: Path) -> None:
    """--quick measures 1,000 images, without the test set, and says that this is not the grade."""
    (tmp_path / "S1.zip").write_bytes(b"no zip")
    missing = str(tmp_path / "no-such-batch.bin")
    ran = grader("check", tmp_path / "S1.zip", "--quick", "--data", missing)
    assert ran.returncode == 1
    assert "1,000 images" in ran.stderr
    assert "not the grade" in ran.stderr


@pytest.mark.system
def test_a_checkpoint_key_that_is_not_there_is_an_error_with_the_keys(tmp_path: Path) -> None:
    """The option is wrong, not the hand-in: no verdict, and the help has the keys."""
    content = io.BytesIO()
    state = small().module.state_dict()
    torch.save({"model": state, "ema": state}, content)
    source = zipped(tmp_path, content.getvalue())
    ran = grader("check", source, "--quick", "--checkpoint-key", "best")
    assert ran.returncode == 2
    assert "'model', 'ema'" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("order", "timings"), [("time busy", 2), ("time busy-first", 2), ("time calm", 1)]
)
def test_a_busy_machine_times_once_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, order: str, timings: int
) -> None:
    """Whatever the second timing gives."""
    monkeypatch.setattr("grader.commands.verdict.measure_one", lambda *given: measure(*given[:3]))
    monkeypatch.setattr("grader.commands.verdict.time_one", time_)
    monkeypatch.setenv("NOTES", str(tmp_path))
    CliRunner().invoke(app, ["check", str(hand_in(tmp_path / "in", "B1", order)), "--quick"])
    assert calls(tmp_path) == ["measure B1", *["time B1"] * timings]


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Before anything is measured."""
    ran = CliRunner().invoke(app, ["check", str(tmp_path / "B1.zip")])
    assert isinstance(ran.exception, GraderError)
    assert "B1.zip" in str(ran.exception)


@pytest.mark.system
@pytest.mark.parametrize(("options", "student"), [((), "B1"), (("--id", "B2"), "B2")])
def test_in_a_repository_the_id_is_the_notebooks_or_the_option(
    tmp_path: Path, options: tuple[str, ...], student: str
) -> None:
    """The folder's name is that of the repository; without the option the notebook has the id."""
    files = {".git/HEAD": b"", "model/mobilenet.pth": b"w", "B1.ipynb": b"{}"}
    folder = folder_of(files, tmp_path / "lab2-of-jane")
    results = tmp_path / "results.json"
    ran = grader("check", folder, "--quick", "--gradescope", results, *options)
    assert ran.returncode == 1
    assert ran.stdout.startswith(student)
    assert ("name it B2.ipynb" in " ".join(ran.stdout.split())) is (student == "B2")


def test_an_id_that_names_no_file_is_refused(tmp_path: Path) -> None:
    """Before anything is measured."""
    (tmp_path / "B1.zip").write_bytes(b"")
    ran = CliRunner().invoke(app, ["check", str(tmp_path / "B1.zip"), "--id", "../B1"])
    assert isinstance(ran.exception, GraderError)
