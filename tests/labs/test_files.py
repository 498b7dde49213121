"""The files that a lab consists of: found, and read."""

import re
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.labs import DEFAULT_LAB, LAB_FOLDER
from grader.labs.files import WrongTable, lab_names, lab_path, path_beside
from grader.labs.kinds import network_lab
from tests.labs.changes import NAMES, written


def test_the_labs_that_come_with_the_grader() -> None:
    """Three of networks and two of write-ups; the default comes first."""
    assert lab_names() == (NAMES[0], "on-device-2022", "on-device-2023", *NAMES[1:])
    assert network_lab().name == NAMES[0] == DEFAULT_LAB


def test_a_lab_is_found_by_name_or_by_its_file(tmp_path: Path) -> None:
    """A name is a shipped lab, the path of a `.toml` file is that file."""
    assert lab_path(DEFAULT_LAB) == LAB_FOLDER / f"{DEFAULT_LAB}.toml"
    path = written(tmp_path, ("points = 45.0\nfloor", "points = 45.0\ncap = 60.0\nfloor"))
    assert lab_path(path) == Path(path)
    assert network_lab(path).score.cap == 60


@pytest.mark.parametrize("name", ["prune-mobilenet-2023", "", "labs/none.toml", "pyproject.txt"])
def test_an_unknown_lab_lists_the_known_ones(name: str) -> None:
    """The help lists the shipped labs."""
    with pytest.raises(GraderError, match="no lab") as caught:
        network_lab(name)
    assert caught.value.help
    assert all(known in caught.value.help for known in NAMES)


@pytest.mark.parametrize("content", [b"[score\n", b"name = \xff\xfe", b"a = 1\na = 2\n"])
def test_a_file_that_is_not_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    """Broken syntax, another encoding, a duplicate key: the error names the file."""
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(GraderError, match=r"broken\.toml .*TOML"):
        network_lab(str(path))


def test_a_lab_file_that_cannot_be_read_is_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user can fix the permissions."""
    path = written(tmp_path)

    def denied(*_arguments: object, **_keywords: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", denied)  # root may read everything
    with pytest.raises(GraderError, match=r"lab\.toml .*Permission denied"):
        network_lab(path)


def test_a_blank_notebook_is_the_nearest_of_its_name(tmp_path: Path) -> None:
    """In the folders in their order, and then among the labs that come with the grader."""
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    name = "prune-mobilenet.ipynb"
    assert path_beside(name, (first, second), ".ipynb") == LAB_FOLDER / name
    (second / name).touch()
    assert path_beside(name, (first, second), ".ipynb") == second / name
    (first / name).touch()
    assert path_beside(name, (first, second), ".ipynb") == first / name


@pytest.mark.parametrize("name", ["none.ipynb", "files.py", "../own.ipynb", "a/own.ipynb", ""])
def test_a_blank_notebook_is_a_name_of_one_that_is_there(tmp_path: Path, name: str) -> None:
    """No path, no other kind of file, and none that is nowhere."""
    with pytest.raises(ValueError, match=re.escape(repr(name))):
        path_beside(name, (tmp_path,), ".ipynb")


def test_all_faults_of_a_table_are_one_message() -> None:
    """They are in it, and there one by one."""
    error = WrongTable(Path("own.toml"), ["name: missing", "score: odd"], "Look.")
    assert str(error).startswith("own.toml: name: missing; score: odd")
    assert (error.faults, error.help) == (("name: missing", "score: odd"), "Look.")
