"""The command line, run as a user runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli import run
from grader.commands.registry import COMMANDS


def grader(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `python -m grader` and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
        check=False,
    )


ALL_HELP = [
    ["--help"],
    ["--nonsense"],
    ["lab", "list"],
    ["grade", "--bogus"],
    *([name, "--help"] for name in COMMANDS),
]


def test_help_and_usage_errors_import_nothing_heavy() -> None:
    """Help and usage errors are quick, because heavy packages are not imported.

    One process runs all of them, because imported modules stay until its end.
    """
    program = (
        "import sys; from grader.cli import run\n"
        f"for arguments in {ALL_HELP!r}:\n"
        "    sys.argv = ['grader', *arguments]\n"
        "    try:\n        run()\n"
        "    except SystemExit:\n        pass\n"
        "    print('HEAVY', arguments, sorted({'torch', 'altair', 'sqlalchemy'} & {*sys.modules}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    told = [line for line in ran.stdout.splitlines() if line.startswith("HEAVY")]
    assert told == [f"HEAVY {arguments} []" for arguments in ALL_HELP]


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade"],
        ["grade", "there-is-no-such.zip"],
        ["grade", ".", "--jobs", "0"],
        ["grade", "pyproject.toml", "--lab", "no-such-lab"],
        ["grade", "submissions", "--device", "ssh://pi:secret@device"],
        ["grade", "submissions", "--device", "all", "--devices", "no-such-pool.toml"],
        ["check", "there-is-no-such.zip"],
        ["lab", "show", "no-such-lab"],
        ["data", "verify", "there-is-no-such.bin"],
    ],
)
def test_wrong_usage_exits_2_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """Errors that the user can fix are a short message and exit code 2."""
    monkeypatch.setattr(sys, "argv", ["grader", *arguments])
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert said.strip()


def test_markup_in_a_path_is_inert(tmp_path: Path) -> None:
    """Markup in a file's name is printed as text."""
    name = tmp_path / "[red]x[/nonsense].zip"
    ran = grader("check", name)
    assert ran.returncode == 2
    assert "[/nonsense]" in ran.stderr.replace("\n", "")


def test_a_bug_exits_with_3() -> None:
    """An unexpected exception shows its traceback and exits with 3; 1 means "not accepted"."""
    program = "from grader import cli; cli.app = lambda: 1 / 0; cli.run()"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 3
    assert "ZeroDivisionError" in ran.stderr
