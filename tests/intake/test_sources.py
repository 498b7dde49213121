"""The hand-ins among the paths on the command line."""

import os
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.intake import find_sources
from grader.labs.hand_in_files import WRITE_UP_FILES
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


def write_ups(folder: Path) -> list[str]:
    """The hand-ins of a lab of write-ups in a folder, relative to it."""
    return [str(path.relative_to(folder)) for path in find_sources([folder], WRITE_UP_FILES)]


@pytest.mark.parametrize(
    "files",
    [
        {"report.pdf": b"", "code.ipynb": b"", "plots/a.png": b"", "data/net.pth": b""},
        {"B1/report.PDF": b"", "B1/code.py": b""},
        {"report.docx": b"", "plot.png": b""},
    ],
)
def test_a_folder_with_one_write_up_is_a_hand_in(tmp_path: Path, files: dict[str, bytes]) -> None:
    """Code, a notebook and plots beside it are a part of it."""
    assert write_ups(folder_of(files, tmp_path / "B1")) == ["."]


def test_a_folder_of_pdfs_is_a_class(tmp_path: Path) -> None:
    """What was handed in by mistake is taken, too, so that it gets a verdict."""
    mistakes = ("c.docx", "d.odt", "e.pages", "f.ipynb", "g.html", "h.jpg", "i.HEIC", "j.png")
    taken = ["a.pdf", "b.PDF", *mistakes, "k.zip", "l.rar"]
    others = ("grades.csv", "notes.txt", ".hidden.pdf", "__MACOSX/._a.pdf")
    folder_of(dict.fromkeys([*taken, *others], b""), tmp_path)
    assert write_ups(tmp_path) == taken


def test_a_folder_for_each_student_is_a_hand_in_with_all_its_files(tmp_path: Path) -> None:
    """Also one with two PDFs, with a PDF beside a zip, or with photos only."""
    files = ("ann/report.pdf", "ann/code.zip", "bo/work/a.pdf", "bo/b.pdf", "cy/1.jpg", "x/a.txt")
    folder_of(dict.fromkeys(files, b""), tmp_path)
    assert write_ups(tmp_path) == ["ann", "bo", "cy"]
    (tmp_path / "dan.pdf").write_bytes(b"")
    assert write_ups(tmp_path) == ["ann", "bo", "cy", "dan.pdf"]


def test_a_write_up_and_an_archive_are_a_class(tmp_path: Path) -> None:
    """Nothing says that the archive is of the same student: it is not left out."""
    folder_of({"B1.pdf": b"", "B2.zip": b""}, tmp_path)
    assert write_ups(tmp_path) == ["B1.pdf", "B2.zip"]


def test_a_path_into_an_archive_is_a_source(tmp_path: Path) -> None:
    """A person has chosen the PDF; a lab of networks has no such choice."""
    (tmp_path / "B1.zip").write_bytes(zipped({"a.pdf": b"", "b.pdf": b""}))
    path = tmp_path / "B1.zip" / "a.pdf"
    assert find_sources([path], WRITE_UP_FILES) == (path,)
    with pytest.raises(GraderError, match="does not exist"):
        find_sources([path])


def test_pdfs_in_a_class_of_networks_name_the_lab_that_takes_them(tmp_path: Path) -> None:
    """If there is nothing else; beside zips they are no hand-ins."""
    (tmp_path / "B1.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(GraderError) as refused:
        find_sources([tmp_path])
    assert "--lab on-device-2022" in (refused.value.help or "")
    (tmp_path / "B2.zip").write_bytes(b"")
    assert [path.name for path in find_sources([tmp_path])] == ["B2.zip"]


def test_a_folder_without_write_ups_is_refused(tmp_path: Path) -> None:
    """The advice says what a hand-in is."""
    (tmp_path / "notes.txt").write_bytes(b"")
    with pytest.raises(GraderError) as refused:
        write_ups(tmp_path)
    assert "PDF" in (refused.value.help or "")
