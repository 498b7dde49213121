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
    Desk,
    folder_of,
    with_limits,
)


@pytest.fixture
def folder(desk: Desk) -> Path:
    """An unzipped hand-in of two files."""
    return folder_of(HAND_IN, desk.inbox / STUDENT)


def test_a_folder_is_received_like_a_zip(desk: Desk) -> None:
    """An unzipped hand-in gives the same files, under its folder's name as id."""
    folder = folder_of(FIRST_FORM, desk.inbox / STUDENT)
    submission, archive, layout = desk.receive_path(folder)
    assert (submission.id, submission.layout) == (STUDENT, "first")
    assert {file.name: file.path.read_bytes() for file in submission.files} == dict(FIRST_FORM)
    assert all(desk.work in file.path.parents for file in submission.files)
    assert archive.evidence["archive"] == "folder"
    assert archive.evidence["entries"] == 4
    assert layout.status is Status.PASSED


def test_later_changes_to_the_folder_do_not_matter(desk: Desk, folder: Path) -> None:
    """Later stages read copies, so that the bytes checked are the bytes used."""
    submission, _, _ = desk.receive_path(folder)
    (folder / CHECKPOINT).write_bytes(b"another")
    assert submission.files[0].path.read_bytes() == HAND_IN[CHECKPOINT]


def test_a_wrapper_folder_is_looked_into(desk: Desk) -> None:
    """A folder within a folder, as Explorer unzips it, is a hand-in."""
    folder_of(HAND_IN, desk.inbox / STUDENT / STUDENT)
    _, _, layout = desk.receive_path(desk.inbox / STUDENT)
    assert layout.status is Status.PASSED


def test_litter_is_ignored_unread(desk: Desk, folder: Path) -> None:
    """Hidden folders and the test set neither count nor are entered, whatever lies in them."""
    litter = {".venv/bin/python": b"", "data/test_batch.bin": b"x" * 100, ".DS_Store": b""}
    before = fingerprint(folder, desk.lab)
    folder_of(litter, folder)
    (folder / ".venv" / "link").symlink_to("/")
    submission, archive, _ = desk.receive_path(folder)
    assert archive.evidence["ignored"] == [".DS_Store", ".venv", "data/test_batch.bin"]
    assert submission.sha256 == before


@pytest.mark.parametrize("target", ["/etc/hostname", f"../{NOTEBOOK}"])
def test_a_link_is_refused(desk: Desk, folder: Path, target: str) -> None:
    """A symbolic link is not followed, wherever it leads."""
    (folder / CHECKPOINT).unlink()
    (folder / CHECKPOINT).symlink_to(target)
    submission, archive, layout = desk.receive_path(folder)
    assert archive.status is Status.FAILED
    assert archive.reason == f"{CHECKPOINT} is a symbolic link, not a file."
    assert layout.status is Status.SKIPPED
    assert submission.files == ()


def test_a_linked_folder_is_refused(desk: Desk, folder: Path) -> None:
    """A symbolic link to a folder is a link too, and is not entered."""
    (folder / "more").symlink_to(desk.root, target_is_directory=True)
    _, archive, _ = desk.receive_path(folder)
    assert archive.reason == "more is a symbolic link, not a file."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_without_waiting(desk: Desk, folder: Path) -> None:
    """A named pipe is refused by its kind, without waiting for somebody to write to it."""
    os.mkfifo(folder / "pipe")
    _, archive, _ = desk.receive_path(folder)
    assert archive.reason == "pipe is a pipe, socket or device, not a file."


def test_names_are_judged_as_in_a_zip(desk: Desk, folder: Path) -> None:
    """A name that another system reads otherwise is refused."""
    (folder / "a\\b").write_bytes(b"")
    _, archive, _ = desk.receive_path(folder)
    assert archive.status is Status.FAILED
    assert "backslash" in str(archive.reason)


def test_names_that_meet_are_refused(desk: Desk, folder: Path) -> None:
    """Two files whose names meet on another system are refused, as in a zip."""
    (folder / NOTEBOOK.upper()).write_bytes(b"")
    if len(list(folder.glob("*"))) == 2:
        pytest.skip("this file system does not tell upper from lower case")
    _, archive, _ = desk.receive_path(folder)
    assert "one name on some systems" in str(archive.reason)


@pytest.mark.parametrize("content", [b"shorter", b"longer" * 1000])
def test_a_file_that_changes_while_it_is_read_is_refused(
    desk: Desk, folder: Path, content: bytes
) -> None:
    """A file that is no longer as large as it was judged to be is not taken."""
    contents = opened_folder(folder, desk.lab.limits)
    (folder / CHECKPOINT).write_bytes(content)
    with pytest.raises(Fault, match="changed while it was read"):
        list(contents.read(CHECKPOINT))


def test_names_in_another_encoding_are_readable(desk: Desk, folder: Path) -> None:
    """A name that unzip left in Big5 is shown as it was written."""
    try:
        (folder / os.fsdecode("說明.txt".encode("cp950"))).write_bytes(b"")
    except OSError:
        pytest.skip("this file system accepts only UTF-8 names")
    _, archive, _ = desk.receive_path(folder)
    assert archive.evidence["ignored"] == ["說明.txt"]


@pytest.mark.parametrize(
    ("limit", "words"), [("entries", "more than 1 files"), ("unpacked_bytes", "too large")]
)
def test_limits_hold_for_folders(desk: Desk, folder: Path, limit: str, words: str) -> None:
    """A folder with too many files or bytes is refused, and still has a fingerprint."""
    small = Desk(root=desk.root, lab=with_limits(desk.lab, **{limit: 1}))
    submission, archive, _ = small.receive_path(folder)
    assert archive.status is Status.FAILED
    assert words in str(archive.reason)
    assert submission.sha256 == fingerprint(folder, small.lab)


def test_a_fingerprint_tells_contents_and_names_apart(desk: Desk, folder: Path) -> None:
    """The same files have one fingerprint wherever they lie; other bytes or names have others."""
    same = folder_of(HAND_IN, desk.inbox / "elsewhere")
    first = fingerprint(folder, desk.lab)
    assert fingerprint(same, desk.lab) == first
    (same / CHECKPOINT).write_bytes(b"other".ljust(len(HAND_IN[CHECKPOINT])))
    changed = fingerprint(same, desk.lab)
    (same / NOTEBOOK).rename(same / "lab2.ipynb")
    (same / "link").symlink_to("one")
    linked = fingerprint(same, desk.lab)
    (same / "link").unlink()
    (same / "link").symlink_to("two")
    assert len({first, changed, linked, fingerprint(same, desk.lab)}) == 4
