"""The student's id in a repository, whose folder has another name."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.intake.repository import id_in_repository
from grader.labs.network_lab import NetworkLab
from tests.intake.archives import CHECKPOINT, folder_of


@pytest.mark.parametrize("mark", [".git/HEAD", ".github/workflows/x.yml", ".gitignore", ".git"])
@pytest.mark.parametrize(
    ("files", "student"),
    [
        ({CHECKPOINT: b"", "B12345678.ipynb": b""}, "B12345678"),
        ({"B1.ipynb": b"", "src/other.ipynb": b""}, "B1"),
        ({"work/B1.ipynb": b"", ".ipynb_checkpoints/B1-checkpoint.ipynb": b""}, "B1"),
        ({"lab2.ipynb": b""}, None),
        ({"B1.ipynb": b"", "B2.ipynb": b""}, None),
        ({CHECKPOINT: b""}, None),
    ],
)
def test_the_only_notebook_has_the_students_id(
    tmp_path: Path, lab: NetworkLab, mark: str, files: Mapping[str, bytes], student: str | None
) -> None:
    """Not if it is called as the template, and not if there are two."""
    folder = folder_of({mark: b"", **files}, tmp_path / "lab2-jane")
    assert id_in_repository(folder, lab) == student


def test_a_folder_that_is_no_repository_keeps_its_name(tmp_path: Path, lab: NetworkLab) -> None:
    """A repository that was downloaded as a zip is one, a zip is none."""
    files = {CHECKPOINT: b"", "B1.ipynb": b""}
    assert id_in_repository(folder_of(files, tmp_path / "B2"), lab) is None
    assert id_in_repository(folder_of(files, tmp_path / "lab2-main"), lab) == "B1"
    (tmp_path / "B1.zip").write_bytes(b"")
    assert id_in_repository(tmp_path / "B1.zip", lab) is None
