"""An unusual file in a download never affects other students, and is always reported."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.intake import receive
from grader.labs.kinds import network_lab
from tests.lms import downloads
from tests.lms.downloads import BOTH_WAYS, NOTEBOOK, Made, import_downloads, student_zip, zipped

LAB = network_lab()
JANE = "Jane_101_assignsubmission_file_/"


@BOTH_WAYS
@pytest.mark.parametrize("files", [downloads.MOODLE, downloads.MOODLE_FLAT])
def test_a_sheet_beside_the_hand_ins(
    tmp_path: Path, made: Made, files: Mapping[str, bytes]
) -> None:
    """The worksheet among the students' folders is named, and everybody is graded."""
    taken = import_downloads(made(tmp_path, {**files, "Grades.csv": b"x"}), tmp_path / "out")
    assert {source.stem for source in taken.sources} == {"B1", "B2", "B3", "moodle-104"}
    assert any("Moodle" in note and "Grades.csv" in note for note in taken.notes)


@BOTH_WAYS
def test_a_sheet_beside_a_whole_export(tmp_path: Path, made: Made) -> None:
    """The folder around the export is found, whatever lies beside it."""
    files = {**downloads.GRADESCOPE, "notes.txt": b"x"}
    taken = import_downloads(made(tmp_path, files), tmp_path / "out")
    assert {source.stem for source in taken.sources} == {"B1", "B2"}
    assert any("Gradescope" in note and "notes.txt" in note for note in taken.notes)


def test_one_student_and_a_sheet(tmp_path: Path) -> None:
    """Only Moodle names two files like this: a class may have one student."""
    files = {f"{JANE}mobilenet.pth": b"w", f"{JANE}B1.ipynb": NOTEBOOK, "Grades.csv": b"x"}
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")
    assert [source.stem for source in taken.sources] == ["B1"]


@pytest.mark.parametrize(
    ("member", "number"),
    [
        ("eve_2009_9100_C:\\B9.zip", "2009"),
        (f"eve_2009_9100_{'學' * 86}.zip", "2009"),
        ("_2009_9100_B9.zip", "2009"),
        ("group_a_2009_9100_B9.zip", "2009"),
        ("eve_2009_9100_a\nb.zip", "2009"),
    ],
)
def test_a_name_that_a_student_chose_stops_nobody(tmp_path: Path, member: str, number: str) -> None:
    """A file with any name belongs to its student, and the others are graded."""
    files = {**downloads.CANVAS, member: student_zip("B9")}
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")
    assert {who.lms_id for who in taken.handed_in.values()} == {
        "2001",
        "2002",
        "2003",
        "2004",
        number,
    }
    for source in taken.sources:
        if taken.handed_in[source.absolute()].lms_id == number:
            assert receive(source, tmp_path / "work", LAB)[1][0].passed


def test_an_unsafe_loose_file_is_its_students_verdict(tmp_path: Path) -> None:
    """It is refused as in any archive, after the download has been unpacked."""
    files = {**downloads.CANVAS, "eve_2009_9100_C:\\B9.pth": b"w"}
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")
    (eve,) = (each for each in taken.sources if taken.handed_in[each.absolute()].lms_id == "2009")
    archive = receive(eve, tmp_path / "work", LAB)[1][0]
    assert "C:" in (archive.reason or "")


@BOTH_WAYS
@pytest.mark.parametrize(("file", "id"), [(".B1.zip", "B1"), ("...zip", "moodle-101")])
def test_a_hidden_archive_is_a_hand_in(tmp_path: Path, made: Made, file: str, id: str) -> None:
    """A dot before a name hides it on some systems, and not from the grader."""
    taken = import_downloads(made(tmp_path, {JANE + file: student_zip("B1")}), tmp_path / "out")
    assert [source.stem for source in taken.sources] == [id]


@BOTH_WAYS
def test_who_has_only_what_systems_leave_behind_is_named(tmp_path: Path, made: Made) -> None:
    """There is nothing to grade, and a note says so."""
    files = {**downloads.MOODLE, "Eve_105_assignsubmission_file_/.DS_Store": b"x"}
    taken = import_downloads(made(tmp_path, files), tmp_path / "out")
    assert "105" not in {who.lms_id for who in taken.handed_in.values()}
    assert any(".DS_Store" in note and "105" in note for note in taken.notes)


def test_an_id_that_tells_two_apart_is_free(tmp_path: Path) -> None:
    """Two students with B1.zip and a third with B1-101.zip are three."""
    files = {
        "A A_101_assignsubmission_file_/B1.zip": student_zip("B1"),
        "B B_102_assignsubmission_file_/B1.zip": student_zip("B1"),
        "C C_103_assignsubmission_file_/B1-101.zip": student_zip("B1"),
    }
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")
    ids = {source.stem: taken.handed_in[source.absolute()].lms_id for source in taken.sources}
    assert ids == {"B1-101-101": "101", "B1-102": "102", "B1-101": "103"}


def test_what_lies_beside_an_archive_is_named(tmp_path: Path) -> None:
    """Only the archive is graded, and a note names the other file."""
    files = {
        f"{JANE}model.zip": zipped({"model/mobilenet.pth": b"w"}),
        f"{JANE}B1.ipynb": NOTEBOOK,
    }
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")
    assert any("model.zip" in note and "not B1.ipynb" in note for note in taken.notes)


def test_two_archives_of_one_attempt_are_both_kept(tmp_path: Path) -> None:
    """Canvas numbers every file: a higher number alone is no second attempt."""
    files = {"doe_2_9001_model.zip": student_zip("B1"), "doe_2_9002_notes.zip": student_zip("B1")}
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")
    with zipfile.ZipFile(taken.sources[0]) as both:
        assert both.namelist() == ["model.zip", "notes.zip"]
    assert not taken.handed_in[taken.sources[0].absolute()].superseded
