import os
from pathlib import Path

import pytest

from grader.errors import Fault
from grader.labs.hand_in_files import NETWORK_FILES, WRITE_UP_FILES
from grader.labs.kinds import network_lab
from grader.lms import opening
from grader.lms.opening import left_behind, opened
from tests.lms import downloads

LAB = network_lab()
FILES = {"Jane_101_x/B1.zip": b"one", "Li_102_x/B2.zip": b"second", "notes.txt": b""}


@downloads.BOTH_WAYS
def test_a_zip_and_a_folder_read_the_same(tmp_path: Path, made: downloads.Made) -> None:
    """Names with their sizes, and each file's bytes."""
    with opened(made(tmp_path, FILES), LAB) as found:
        assert found.sizes == {name: len(content) for name, content in FILES.items()}
        for name, content in FILES.items():
            assert b"".join(found.contents.read(name)) == content
        assert found.no_files == ()


def test_links_and_pipes_are_listed_and_not_followed(tmp_path: Path) -> None:
    """No LMS writes them. Files that systems leave behind are not listed."""
    folder = downloads.as_folder(tmp_path, FILES)
    (folder / "link.zip").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe")
    (folder / ".DS_Store").symlink_to("/etc/hostname")
    with opened(folder, LAB) as found:
        assert found.no_files == ("link.zip", "pipe")
        assert "link.zip" not in found.sizes


def test_a_folder_of_too_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a zip of as many entries is; a whole class is larger than one hand-in."""
    folder = downloads.as_folder(tmp_path, FILES)
    limits = LAB.limits.model_copy(update={"entries": 1})
    lab = LAB.model_copy(update={"limits": limits})
    with opened(folder, lab) as found:
        assert len(found.sizes) == len(FILES)
    monkeypatch.setattr(opening, "LARGEST_CLASS", 2)
    with pytest.raises(Fault, match="more than 2 files"), opened(folder, lab):
        pass


@pytest.mark.parametrize(
    ("name", "left"),
    [
        (".DS_Store", True),
        ("__MACOSX/._B1.zip", True),
        ("Jane/._B1.zip", True),
        ("Jane/.B1.zip", False),
        ("Jane/B1.zip", False),
        ("Jane/Thumbs.db", True),
    ],
)
def test_a_hidden_archive_is_somebodys_hand_in(name: str, left: bool) -> None:
    """AppleDouble's file beside one is not."""
    assert left_behind(name, NETWORK_FILES) is left


def test_a_hidden_pdf_is_a_hand_in_of_a_lab_of_write_ups_only() -> None:
    """What looks like a hand-in is the lab's to say."""
    assert not left_behind("Jane/.report.pdf", WRITE_UP_FILES)
    assert left_behind("Jane/._report.pdf", WRITE_UP_FILES)
    assert left_behind("Jane/.report.pdf", NETWORK_FILES)
