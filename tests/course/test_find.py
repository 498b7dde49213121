"""course.toml is found in the current folder, or above it."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.course.find import find_course


def test_the_nearest_file_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the current folder, else in the nearest folder above."""
    inner = tmp_path / "course" / "lab1"
    inner.mkdir(parents=True)
    outer = tmp_path / "course" / "course.toml"
    outer.touch()
    monkeypatch.chdir(inner)
    assert find_course() == outer
    (inner / "course.toml").touch()
    assert find_course() == Path("course.toml")


def test_a_folder_of_that_name_is_no_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a file is."""
    (tmp_path / "course.toml").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_course() is None


def test_looking_needs_no_pydantic() -> None:
    """In a new process the options of most commands import it only where there is a course."""
    code = "import sys, grader.commands.in_course; print('pydantic' in sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == "False"
