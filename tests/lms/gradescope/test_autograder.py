import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.labs.kinds import network_lab
from grader.lms.gradescope import autograder

BASH = shutil.which("bash") or "bash"


def test_the_autograder_has_what_gradescope_runs(tmp_path: Path) -> None:
    """Both programs, executable; the package with its labs; the same bytes each time."""
    raw = autograder.build()
    assert raw == autograder.build()
    (tmp_path / "a.zip").write_bytes(raw)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = set(archive.namelist())
        modes = {each.filename: each.external_attr >> 16 for each in archive.infolist()}
        needed = archive.read("requirements.txt").decode()
    assert {modes["setup.sh"], modes["run_autograder"]} == {0o755}
    assert {
        "python/grader/cli.py",
        "python/grader/labs/prune-mobilenet-2024.toml",
        "python/grader/sample_batch.bin",
    } <= names
    pins = [each.partition("==")[0] for each in needed.splitlines() if each.count("==") == 1]
    assert {"torch", "torch-pruning", "executorch"} <= set(pins)
    assert "extra ==" not in needed
    assert "pytest" not in needed
    assert not any("__pycache__" in name for name in names)


def test_a_lab_of_ones_own_goes_into_the_autograder(tmp_path: Path) -> None:
    """With what it extends, and its blank notebook; so does the test set, where one is given."""
    lab = tmp_path / "mine.toml"
    lab.write_text(
        'extends = "base.toml"\nname = "mine"\n[layout]\nblank_notebook = "mine.ipynb"\n'
    )
    (tmp_path / "base.toml").write_text('extends = "prune-mobilenet-2025"\nname = "base"\n')
    (tmp_path / "mine.ipynb").write_bytes(b'{"cells": []}')
    data = tmp_path / "batch.bin"
    data.write_bytes(b"images")
    (tmp_path / "a.zip").write_bytes(autograder.build(str(lab), data))
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extract("lab.toml", tmp_path / "image")
        archive.extract("mine.ipynb", tmp_path / "image")
        assert archive.read("test_batch.bin") == b"images"
    assert network_lab(str(tmp_path / "image" / "lab.toml")) == network_lab(str(lab))


@pytest.mark.parametrize(
    ("metadata", "files", "name"),
    [
        ('{"users": [{"sid": "B1"}]}', ["a.ipynb"], "B1"),
        ('{"users": [{"sid": null}]}', ["a.ipynb"], "a"),
        ('{"users": []}', ["a.zip"], "a.zip"),
        ('{"users": [{"sid": "B1"}]}', ["report.PDF"], "B1.pdf"),
        ("[", ["x", "y"], "submission"),
        ('{"users": [{"sid": "../../x"}]}', ["a.zip"], None),
    ],
)
def test_gradescopes_submission_gets_its_students_id(
    tmp_path: Path, metadata: str, files: list[str], name: str | None
) -> None:
    """By the metadata, else as the files say; and never outside its folder."""
    (tmp_path / autograder.METADATA).write_text(metadata)
    (tmp_path / "submission").mkdir()
    for each in files:
        (tmp_path / "submission" / each).touch()
    found = autograder.hand_in(tmp_path)
    assert found.parent == tmp_path / "work"
    assert found.exists()
    assert name is None or found.name == name


def test_no_submission_is_told(tmp_path: Path) -> None:
    """Gradescope then shows that the run failed."""
    with pytest.raises(GraderError, match="submission"):
        autograder.hand_in(tmp_path)


@pytest.mark.system
def test_the_autograder_runs(tmp_path: Path) -> None:
    """Unpacked as Gradescope does, it grades a submission from its own copy of the grader."""
    (tmp_path / "a.zip").write_bytes(autograder.build())
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(tmp_path / "source")
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "B1.ipynb").write_text("{}")
    (tmp_path / "results").mkdir()
    environment = {**os.environ, "AUTOGRADER_ROOT": str(tmp_path)}
    environment |= {"AUTOGRADER_PYTHON": sys.executable}
    ran = subprocess.run(
        [BASH, str(tmp_path / "source" / "run_autograder")],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=tmp_path,
    )
    assert ran.returncode == 0, ran.stderr
    written = (tmp_path / "results" / "results.json").read_text(encoding="utf-8")
    assert "mobilenet.pth is missing" in written.replace("\\\\", "").replace("\\", "")
