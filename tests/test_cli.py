"""The command line, run as a user runs it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from grader.cli import app, run
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


def every_command(folder: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of each command, and of each group of commands."""
    yield path
    for name, command in getattr(folder, "commands", {}).items():
        yield from every_command(command, (*path, name))


def all_commands() -> list[tuple[str, ...]]:
    """The words of every command of the grader."""
    found: list[tuple[str, ...]] = [()]
    for name in COMMANDS:
        module = import_module(f"grader.commands.{name}")
        found += every_command(get_command(module.app), (name,))
    return found


@pytest.mark.parametrize("words", all_commands(), ids=" ".join)
def test_a_flag_has_no_type_in_the_help(words: tuple[str, ...]) -> None:
    """A flag takes no value; `--help` is one."""
    ran = CliRunner().invoke(app, [*words, "--help"])
    assert ran.exit_code == 0
    assert "--help" in ran.output
    assert "bool" not in ran.output.lower()


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
