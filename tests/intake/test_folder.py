"""Hand-ins that come as a folder."""

import os
from pathlib import Path

import pytest

from grader.errors import Fault
from grader.intake import fingerprint
from grader.intake.folder import opened_folder
from grader.types import Status
from tests.intake.archives import (
    CHECKPOINT,
    FIRST_FORM,
    HAND_IN,
    NOTEBOOK,
    STUDENT,
    Bench,
    folder_of,
    with_limits,
)


@pytest.fixture
def folder(bench: Bench) -> Path:
    """An unzipped hand-in of two files."""
    return folder_of(HAND_IN, bench.inbox / STUDENT)


def test_a_folder_is_received_like_a_zip(bench: Bench) -> None:
    """An unzipped hand-in gives the same files; its id is the name of the folder."""
    folder = folder_of(FIRST_FORM, bench.inbox / STUDENT)
    submission, archive, layout = bench.receive_path(folder)
    assert (submission.id, submission.layout) == (STUDENT, "first")
    assert {file.name: file.path.read_bytes() for file in submission.files} == dict(FIRST_FORM)
    assert all(bench.work in file.path.parents for file in submission.files)
    assert archive.evidence["archive"] == "folder"
    assert archive.evidence["entries"] == 4
    assert layout.status is Status.PASSED


def test_later_changes_to_the_folder_do_not_matter(bench: Bench, folder: Path) -> None:
    """Later stages read the copies that were checked."""
    submission, _, _ = bench.receive_path(folder)
    (folder / CHECKPOINT).write_bytes(b"another")
    assert submission.files[0].path.read_bytes() == HAND_IN[CHECKPOINT]


def test_a_wrapper_folder_is_looked_into(bench: Bench) -> None:
    """A folder within a folder, as Explorer unzips it, is a hand-in."""
    folder_of(HAND_IN, bench.inbox / STUDENT / STUDENT)
    _, _, layout = bench.receive_path(bench.inbox / STUDENT)
    assert layout.status is Status.PASSED


def test_litter_is_ignored_unread(bench: Bench, folder: Path) -> None:
    """Hidden folders and the test set are not counted and not read, whatever is in them."""
    litter = {".venv/bin/python": b"", "data/test_batch.bin": b"x" * 100, ".DS_Store": b""}
    before = fingerprint(folder, bench.lab)
    folder_of(litter, folder)
    (folder / ".venv" / "link").symlink_to("/")
    submission, archive, _ = bench.receive_path(folder)
    assert archive.evidence["ignored"] == [".DS_Store", ".venv", "data/test_batch.bin"]
    assert submission.sha256 == before


@pytest.mark.parametrize("target", ["/etc/hostname", f"../{NOTEBOOK}"])
def test_a_link_is_refused(bench: Bench, folder: Path, target: str) -> None:
    """A symbolic link is not followed, whatever its target."""
    (folder / CHECKPOINT).unlink()
    (folder / CHECKPOINT).symlink_to(target)
    submission, archive, layout = bench.receive_path(folder)
    assert archive.status is Status.FAILED
    assert CHECKPOINT in str(archive.reason)
    assert "symbolic link" in str(archive.reason)
    assert layout.status is Status.SKIPPED
    assert submission.files == ()


def test_a_linked_folder_is_refused(bench: Bench, folder: Path) -> None:
    """A symbolic link to a folder is not followed."""
    (folder / "more").symlink_to(bench.root, target_is_directory=True)
    _, archive, _ = bench.receive_path(folder)
    assert archive.status is Status.FAILED
    assert "symbolic link" in str(archive.reason)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_without_waiting(bench: Bench, folder: Path) -> None:
    """A named pipe is refused by its type, without waiting for a writer."""
    os.mkfifo(folder / "pipe")
    _, archive, _ = bench.receive_path(folder)
    assert archive.status is Status.FAILED
    assert "pipe" in str(archive.reason)


def test_names_are_judged_as_in_a_zip(bench: Bench, folder: Path) -> None:
    """A name that means another path on another system is refused."""
    (folder / "a\\b").write_bytes(b"")
    _, archive, _ = bench.receive_path(folder)
    assert archive.status is Status.FAILED
    assert "backslash" in str(archive.reason)


def test_names_that_meet_are_refused(bench: Bench, folder: Path) -> None:
    """Two files with the same name on another system are refused, as in a zip."""
    (folder / NOTEBOOK.upper()).write_bytes(b"")
    if len(list(folder.glob("*"))) == 2:
        pytest.skip("this file system does not tell upper from lower case")
    _, archive, _ = bench.receive_path(folder)
    assert archive.status is Status.FAILED
    assert "on some systems" in str(archive.reason)


@pytest.mark.parametrize("content", [b"shorter", b"longer" * 1000])
def test_a_file_that_changes_while_it_is_read_is_refused(
    bench: Bench, folder: Path, content: bytes
) -> None:
    """A file whose size has changed since the check is refused."""
    contents = opened_folder(folder, bench.lab.limits)
    (folder / CHECKPOINT).write_bytes(content)
    with pytest.raises(Fault, match="changed"):
        list(contents.read(CHECKPOINT))


def test_names_in_another_encoding_are_readable(bench: Bench, folder: Path) -> None:
    """A name that unzip left in Big5 is shown as it was written."""
    try:
        (folder / os.fsdecode("說明.txt".encode("cp950"))).write_bytes(b"")
    except OSError:
        pytest.skip("this file system accepts only UTF-8 names")
    _, archive, _ = bench.receive_path(folder)
    assert archive.evidence["ignored"] == ["說明.txt"]


@pytest.mark.parametrize(
    ("limit", "words"), [("entries", "1 files"), ("unpacked_bytes", "too large")]
)
def test_limits_hold_for_folders(bench: Bench, folder: Path, limit: str, words: str) -> None:
    """A folder with too many files or bytes is refused, and still has a fingerprint."""
    small = Bench(root=bench.root, lab=with_limits(bench.lab, **{limit: 1}))
    submission, archive, _ = small.receive_path(folder)
    assert archive.status is Status.FAILED
    assert words in str(archive.reason)
    assert submission.sha256 == fingerprint(folder, small.lab)


def test_a_fingerprint_tells_contents_and_names_apart(bench: Bench, folder: Path) -> None:
    """The fingerprint depends on the bytes and names, not on the folder's path."""
    same = folder_of(HAND_IN, bench.inbox / "elsewhere")
    first = fingerprint(folder, bench.lab)
    assert fingerprint(same, bench.lab) == first
    (same / CHECKPOINT).write_bytes(b"other".ljust(len(HAND_IN[CHECKPOINT])))
    changed = fingerprint(same, bench.lab)
    (same / NOTEBOOK).rename(same / "lab2.ipynb")
    (same / "link").symlink_to("one")
    linked = fingerprint(same, bench.lab)
    (same / "link").unlink()
    (same / "link").symlink_to("two")
    assert len({first, changed, linked, fingerprint(same, bench.lab)}) == 4


def test_an_environment_is_ignored_whole(bench: Bench) -> None:
    """Its links are not looked at, whatever it is called; it is named as one place."""
    environment = {"my env/pyvenv.cfg": b"", "my env/lib/x.py": b""}
    folder = folder_of({**HAND_IN, **environment}, bench.inbox / STUDENT)
    (folder / "my env" / "python").symlink_to("/usr/bin/python3")
    (folder / ".venv").symlink_to("/usr")
    _, archive, layout = bench.receive_path(folder)
    assert layout.status is Status.PASSED
    assert archive.evidence["ignored"] == [".venv", "my env"]


def test_a_folder_in_folders_is_looked_through(bench: Bench) -> None:
    """As a zip is."""
    files = {f"content/drive/MyDrive/Lab2/{name}": content for name, content in HAND_IN.items()}
    _, _, layout = bench.receive_path(folder_of(files, bench.inbox / STUDENT))
    assert layout.status is Status.PASSED
