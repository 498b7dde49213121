from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.labs.kinds import network_lab
from grader.lms.recognised import recognised
from grader.lms.registry import READERS
from tests.labs.write_ups import write_up_lab
from tests.lms import downloads
from tests.lms.downloads import BOTH_WAYS, NOTEBOOK, Made, as_folder, student_zip

LAB = network_lab()
WRITE_UPS = write_up_lab()


@BOTH_WAYS
def test_a_hand_in_of_nobody_stops_the_class(tmp_path: Path, made: Made) -> None:
    """An archive that the LMS has not named stops the run: its student is unknown."""
    path = made(tmp_path, {**downloads.MOODLE, "B9.zip": student_zip("B9")})
    with pytest.raises(GraderError, match=r"B9\.zip"):
        recognised(path, LAB, READERS)


def test_pictures_called_like_canvass_files_make_no_download(tmp_path: Path) -> None:
    """A hand-in with them is that hand-in."""
    files = {
        "model/mobilenet.pth": b"w",
        "B1.ipynb": NOTEBOOK,
        "run_1_2_a.png": b"",
        "run_3_4_b.png": b"",
    }
    assert recognised(downloads.as_zip(tmp_path, files), LAB, READERS) is None


def test_a_link_in_a_downloads_folder_is_told(tmp_path: Path) -> None:
    """No LMS writes links; the target is not read."""
    folder = downloads.as_folder(tmp_path, downloads.MOODLE)
    (folder / "link.zip").symlink_to(tmp_path)
    with pytest.raises(GraderError, match=r"link\.zip"):
        recognised(folder, LAB, READERS)


@pytest.mark.parametrize(
    "files",
    [
        {"model/mobilenet.pth": b"", "B1.ipynb": b""},
        {"B1.zip": b"", "B2.zip": b""},
        {"jane_1_2_a.zip": b"", "B2.zip": b""},
        {"Jane_1_assignsubmission_file_/B1.zip": b"", "B2.zip": b""},
        {"submission_metadata.yml": b"", "B2.zip": b""},
    ],
)
def test_what_no_lms_has_written_goes_on_as_before(
    tmp_path: Path, files: Mapping[str, bytes]
) -> None:
    """One hand-in with another name is enough: the paths are hand-ins, not a download."""
    assert recognised(downloads.as_folder(tmp_path, files), LAB, READERS) is None
    assert recognised(downloads.as_zip(tmp_path, files), LAB, READERS) is None


@pytest.mark.parametrize(
    ("names", "lms"),
    [
        (["ann_1_2_a.pdf", "bo_3_4_b.pdf", "grades.csv"], "canvas"),
        (["ann_1_2_a.pdf", "bo_3_4_b.docx", "grades.csv"], "canvas"),
        (["ann_1_2_a.png", "bo_3_4_b.png", "grades.csv"], None),
        (["ann/a.pdf", "bo/b.pdf", "grades.csv"], "folders"),
        (["ann/a.pdf", "bo/b.pdf", "bo/c.pdf"], "folders"),
        (["a/1.pdf", "a/2.pdf", "b/1.pdf", "b/2.pdf"], None),
        (["ann/a.pdf", "bo/b.pdf", "cy.pdf"], None),
        (["ann/a.pdf", "code/b.ipynb"], None),
        (["a.pdf", "b.pdf"], None),
    ],
)
def test_a_download_of_write_ups(tmp_path: Path, names: list[str], lms: str | None) -> None:
    """PDFs and documents count as archives do; many in each folder are those of sections.

    The files of one hand-in, or of a class without an LMS, are no download.
    """
    found = recognised(as_folder(tmp_path, dict.fromkeys(names, b"")), WRITE_UPS, READERS)
    assert (found.lms if found else None) == lms


def test_pdfs_are_no_download_for_a_lab_of_networks(tmp_path: Path) -> None:
    """With another file beside them, their names are not certain."""
    files = dict.fromkeys(["ann_1_2_a.pdf", "bo_3_4_b.pdf", "grades.csv"], b"")
    assert recognised(as_folder(tmp_path, files), LAB, READERS) is None
