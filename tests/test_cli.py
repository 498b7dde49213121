"""The command line, started as a user starts it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.commands import COMMANDS
from grader.intake.pack import pack
from grader.labs.spec import load_lab
from tests.places import ROOT


def grader(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `python -m grader` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--nonsense"],
        ["lab", "list"],
        ["grade", "--bogus"],
        *([name, "--help"] for name in COMMANDS),
    ],
)
def test_help_and_usage_errors_import_nothing_heavy(arguments: list[str]) -> None:
    """Help and usage errors answer at once, because torch is not even imported."""
    program = (
        "import sys; from grader.cli import run\n"
        f"sys.argv = ['grader', *{arguments!r}]\n"
        "try:\n    run()\n"
        "finally:\n    print(sorted({'torch', 'altair', 'sqlalchemy'} & {*sys.modules}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ran.stdout.rstrip().endswith("[]")


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade"],
        ["grade", "there-is-no-such.zip"],
        ["grade", ".", "--jobs", "0"],
        ["grade", "pyproject.toml", "--lab", "no-such-lab"],
        ["grade", "submissions", "--device", "ssh://pi:secret@board"],
        ["grade", "submissions", "--device", "all", "--devices", "no-such-pool.toml"],
        ["check", "there-is-no-such.zip"],
        ["lab", "show", "no-such-lab"],
        ["data", "verify", "there-is-no-such.bin"],
    ],
)
def test_wrong_usage_exits_2_without_a_traceback(arguments: list[str]) -> None:
    """What the user can fix is told in a line or two, and ends with 2."""
    ran = grader(*arguments)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert ran.stderr.strip()


def test_labs_are_listed_and_shown() -> None:
    """Every lab is listed by its whole name, and shown."""
    assert "prune-mobilenet-2024-original" in grader("lab", "list").stdout
    shown = grader("lab", "show", "prune-mobilenet-2025")
    assert 'name = "prune-mobilenet-2025"' in shown.stdout
    assert shown.returncode == 0


def test_the_sample_is_called_one(tmp_path: Path) -> None:
    """`data verify` tells a sample from the test set."""
    sample = ROOT / "data" / "sample_batch.bin"
    ran = grader("data", "verify", sample, cwd=tmp_path)
    assert ran.returncode == 0
    assert "a sample" in ran.stdout.replace("\n", " ")


def test_pack_makes_the_zip_or_says_what_is_missing(tmp_path: Path) -> None:
    """`pack` names the missing file, and with it there makes a zip that intake accepts."""
    (tmp_path / "mobilenet.pth").write_bytes(b"weights")
    lacking = grader("pack", tmp_path, "--id", "B1", "--into", tmp_path / "out")
    assert lacking.returncode == 2
    assert ".ipynb" in lacking.stderr
    (tmp_path / "lab2.ipynb").write_text("{}")
    made = grader("pack", tmp_path, "--id", "B1", "--into", tmp_path / "out")
    assert made.returncode == 0, made.stderr
    again = pack(tmp_path, "B1", load_lab(), tmp_path / "again")
    assert (tmp_path / "out" / "B1.zip").read_bytes() == again.read_bytes()


def test_check_of_a_bad_hand_in_exits_1_with_reason_and_help(tmp_path: Path) -> None:
    """A student learns what is wrong and what to do about it, on a CI server too."""
    (tmp_path / "B1.zip").write_bytes(b"Rar!\x1a\x07\x00")
    xml, page = tmp_path / "junit.xml", tmp_path / "summary.md"
    ran = grader("check", tmp_path / "B1.zip", "--junit", xml, "--summary", page)
    assert ran.returncode == 1
    for said in (ran.stdout, xml.read_text(encoding="utf-8"), page.read_text(encoding="utf-8")):
        assert "RAR" in said
    assert "Traceback" not in ran.stdout + ran.stderr


def test_markup_in_a_path_is_inert(tmp_path: Path) -> None:
    """A file's name cannot paint the screen or break the message."""
    name = tmp_path / "[red]x[/nonsense].zip"
    ran = grader("check", name)
    assert ran.returncode == 2
    assert "[/nonsense]" in ran.stderr.replace("\n", "")


def test_fail_under_and_a_zero_score(tmp_path: Path) -> None:
    """A hand-in that fails scores zero, which is under any bar; without one the run is fine."""
    (tmp_path / "B1.zip").write_bytes(b"")
    barred = grader("grade", tmp_path / "B1.zip", "--out", tmp_path / "results", "--fail-under", 1)
    assert barred.returncode == 1
    assert "under 1" in barred.stderr


@pytest.mark.system
def test_quick_takes_the_sample(tmp_path: Path) -> None:
    """Whatever test set there is, --quick measures 1,000 images, and says that this is no grade."""
    (tmp_path / "S1.zip").write_bytes(b"no zip")
    missing = str(tmp_path / "no-such-batch.bin")
    ran = grader("check", tmp_path / "S1.zip", "--quick", "--data", missing)
    assert ran.returncode == 1
    assert "Quick: 1,000 images, a sample, not the grade." in ran.stderr


def test_a_bug_is_not_a_verdict() -> None:
    """What nobody expected shows its traceback and exits 3: 1 would say "not accepted"."""
    program = "from grader import cli; cli.app = lambda: 1 / 0; cli.run()"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 3
    assert "ZeroDivisionError" in ran.stderr
