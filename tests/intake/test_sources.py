"""The hand-ins among the paths on the command line."""

import os
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.intake import find_sources
from tests.intake.archives import CHECKPOINT, HAND_IN, NOTEBOOK, STUDENT, folder_of, zipped


def test_a_zip_is_a_source(tmp_path: Path) -> None:
    """A zip in the arguments is taken, and so is any other file."""
    (tmp_path / "a.zip").write_bytes(zipped(HAND_IN))
    (tmp_path / "b.txt").write_bytes(b"")
    paths = (tmp_path / "b.txt", tmp_path / "a.zip")
    assert find_sources(paths) == paths


@pytest.mark.parametrize(
    "files",
    [
        HAND_IN,
        {CHECKPOINT: b"w"},
        {"model/other.pth": b"w", NOTEBOOK: b""},
        {f"{STUDENT}/{CHECKPOINT}": b"w"},
        {"mobilenet.pth": b"w"},
        {NOTEBOOK: b"{}"},
    ],
)
def test_an_unzipped_hand_in_is_a_source(tmp_path: Path, files: dict[str, bytes]) -> None:
    """A folder that is a hand-in, complete or not, is taken as one."""
    folder = folder_of(files, tmp_path / STUDENT)
    assert find_sources([folder]) == (folder,)


def test_a_folder_of_hand_ins_is_looked_into(tmp_path: Path) -> None:
    """Archives of any format and unzipped hand-ins are found in order; the rest is skipped."""
    for name in ("b.zip", "a.rar", "c.7z", "d.tar", "e.tar.gz", "f.ZIP"):
        (tmp_path / name).write_bytes(b"")
    folder_of(HAND_IN, tmp_path / "g")
    folder_of({"lab2.ipynb": b""}, tmp_path / "h")
    folder_of({"x.zip": b""}, tmp_path / ".cache")
    folder_of({"notes.txt": b""}, tmp_path / "notes")
    for name in (".hidden.zip", "README.md", "make.py", "solution.ipynb"):
        (tmp_path / name).write_bytes(b"")
    found = [path.name for path in find_sources([tmp_path])]
    assert found == ["a.rar", "b.zip", "c.7z", "d.tar", "e.tar.gz", "f.ZIP", "g", "h"]


def test_a_folder_for_each_student_is_a_class(tmp_path: Path) -> None:
    """The archive in each folder is the hand-in; an unzipped one may be among them."""
    folder_of({"jane/B1.zip": b"", "li/B2.rar": b"", "li/.B3.zip": b""}, tmp_path)
    assert [path.name for path in find_sources([tmp_path])] == ["B1.zip", "B2.rar"]
    folder_of(HAND_IN, tmp_path / "ole")
    assert [path.name for path in find_sources([tmp_path])] == ["B1.zip", "B2.rar", "ole"]
    (tmp_path / "B9.zip").write_bytes(b"")
    assert [path.name for path in find_sources([tmp_path])] == ["B9.zip", "ole"]


def test_an_unzipped_hand_in_in_several_folders_is_a_source(tmp_path: Path) -> None:
    """As many folders as lead to one place."""
    folder_of({f"hw2/x/{name}": content for name, content in HAND_IN.items()}, tmp_path / "B1")
    folder_of(HAND_IN, tmp_path / "B2")
    assert [path.name for path in find_sources([tmp_path])] == ["B1", "B2"]


def test_a_hand_in_with_an_archive_in_it_is_one_source(tmp_path: Path) -> None:
    """An archive in an unzipped hand-in is not a second hand-in."""
    folder = folder_of({**HAND_IN, "old.zip": b""}, tmp_path / STUDENT)
    assert find_sources([folder]) == (folder,)


def test_a_path_given_twice_counts_once(tmp_path: Path) -> None:
    """A zip and the folder that contains it give one hand-in."""
    (tmp_path / "a.zip").write_bytes(b"")
    assert find_sources([tmp_path, tmp_path / "a.zip"]) == (tmp_path / "a.zip",)


def test_the_current_folder_is_a_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A student may give `.` in the working folder."""
    monkeypatch.chdir(folder_of(HAND_IN, tmp_path / STUDENT))
    assert find_sources([Path()]) == (Path(),)


@pytest.mark.parametrize(("first", "second"), [("a.zip", "a.rar"), ("a.zip", "A.rar")])
def test_two_hand_ins_of_one_student_are_two(tmp_path: Path, first: str, second: str) -> None:
    """Two hand-ins of one student are both graded."""
    (tmp_path / first).write_bytes(b"")
    (tmp_path / second).write_bytes(b"")
    assert len(find_sources([tmp_path])) == 2


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """The message names a path that does not exist."""
    with pytest.raises(GraderError, match="nowhere"):
        find_sources([tmp_path / "nowhere"])


def test_a_folder_without_hand_ins_is_refused(tmp_path: Path) -> None:
    """A folder with other files only has no hand-in."""
    (tmp_path / "README.md").write_bytes(b"")
    with pytest.raises(GraderError, match="hand-in"):
        find_sources([tmp_path])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_a_source(tmp_path: Path) -> None:
    """A named pipe is refused without waiting for a writer."""
    os.mkfifo(tmp_path / "a.zip")
    with pytest.raises(GraderError, match="not a file"):
        find_sources([tmp_path / "a.zip"])
