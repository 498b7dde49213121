"""A download of an LMS becomes one archive for each student."""

import json
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.intake import receive
from grader.labs.kinds import network_lab
from grader.lms import DOWNLOADS, arrival, classify_paths
from grader.lms.download import RECORDS
from grader.lms.roster import read_roster
from grader.lms.times import read_times
from grader.types import Arrival, Role
from tests.lms import downloads
from tests.lms.downloads import BOTH_WAYS, Made, by_id, import_downloads

LAB = network_lab()


def weights(source: Path) -> bytes:
    """The model in an archive."""
    with zipfile.ZipFile(source) as archive:
        return archive.read("model/mobilenet.pth")


@BOTH_WAYS
@pytest.mark.parametrize("files", [downloads.MOODLE, downloads.MOODLE_WITHOUT_TRAILING])
def test_moodle_with_folders(tmp_path: Path, made: Made, files: Mapping[str, bytes]) -> None:
    """With and without the last `_`: zips are copied, loose files and text are packed."""
    taken = import_downloads(made(tmp_path, files), tmp_path / "results")
    found = by_id(taken)
    assert set(found) == {"B1", "B2", "B3", "moodle-104"}
    assert weights(found["B2"]) == b"new"
    assert weights(found["B3"]) == b"weights"
    jane, li = (taken.handed_in[found[id].absolute()] for id in ("B1", "B2"))
    assert (jane.lms, jane.lms_id, jane.name) == ("moodle", "101", downloads.JANE)
    assert jane.place == next(iter(files)).split("/")[0] + "/"
    assert li.superseded == ("B2.zip",)
    assert li.submitted_at is None
    assert any("not B2.zip" in note for note in taken.notes)
    assert any("onlinetext.html" in note for note in taken.notes)


def test_moodle_without_folders(tmp_path: Path) -> None:
    """All files beside each other are told apart by the participant's number."""
    taken = import_downloads(downloads.as_zip(tmp_path, downloads.MOODLE_FLAT), tmp_path / "out")
    found = by_id(taken)
    assert set(found) == {"B1", "B2", "B3", "moodle-104"}
    jane = taken.handed_in[found["B1"].absolute()]
    assert jane.place == f"{downloads.JANE}_101_assignsubmission_file_"


def test_moodle_with_names_hidden(tmp_path: Path) -> None:
    """Where everybody is called Participant the numbers tell them apart."""
    taken = import_downloads(downloads.as_zip(tmp_path, downloads.MOODLE_BLIND), tmp_path / "out")
    assert {who.lms_id for who in taken.handed_in.values()} == {"101", "102", "103"}


@BOTH_WAYS
def test_canvas(tmp_path: Path, made: Made) -> None:
    """The highest attachment is graded, LATE is kept, loose files are packed."""
    taken = import_downloads(made(tmp_path, downloads.CANVAS), tmp_path / "out")
    found = by_id(taken)
    assert set(found) == {"B1", "B2", "B3", "canvas-2004"}
    assert weights(found["B1"]) == b"new"
    jane, li = (taken.handed_in[found[id].absolute()] for id in ("B1", "B2"))
    assert (jane.lms_id, jane.late, jane.superseded) == ("2001", False, ("B1.zip",))
    assert (li.lms_id, li.late, li.submitted_at) == ("2002", True, None)
    with zipfile.ZipFile(found["B3"]) as loose:
        assert sorted(loose.namelist()) == ["B3.ipynb", "mobilenet.pth"]


def test_canvas_with_names_hidden(tmp_path: Path) -> None:
    """An anonymous id, letters or digits, stands for the student, who has no name."""
    taken = import_downloads(
        downloads.as_zip(tmp_path, downloads.CANVAS_ANONYMOUS), tmp_path / "out"
    )
    who = {each.lms_id: each for each in taken.handed_in.values()}
    assert set(who) == {"xY9zQ", "12345"}
    assert who["12345"].late
    assert who["xY9zQ"].name is None


def test_what_came_out_is_what_a_student_handed_in(tmp_path: Path) -> None:
    """Intake finds the lab's files in it; the id is the notebook's name."""
    taken = import_downloads(downloads.as_zip(tmp_path, downloads.MOODLE), tmp_path / "out")
    for id in ("B1", "B3"):
        submission, measured = receive(by_id(taken)[id], tmp_path / id, LAB)
        assert submission.id == id
        assert {each.role for each in submission.files} == {Role.CHECKPOINT, Role.NOTEBOOK}
        assert all(each.passed and not each.review for each in measured)


def test_a_second_run_unpacks_nothing(tmp_path: Path) -> None:
    """The same download gives the same archives, and leaves the files as they are."""
    download = downloads.as_zip(tmp_path, downloads.MOODLE)
    first = import_downloads(download, tmp_path / "out")
    stamps = {source: source.stat().st_ino for source in first.sources}
    assert import_downloads(download, tmp_path / "out") == first
    assert {source: source.stat().st_ino for source in first.sources} == stamps
    (folder,) = (tmp_path / "out" / DOWNLOADS).iterdir()
    records = json.loads((folder / RECORDS).read_text(encoding="utf-8"))
    assert records["B1"]["lms_id"] == "101"


def test_two_students_with_one_name_for_their_zip(tmp_path: Path) -> None:
    """Both get an id with the LMS's number."""
    files = {
        "A A_7_assignsubmission_file_/lab2.zip": downloads.student_zip("B1"),
        "B B_8_assignsubmission_file_/Lab2.zip": downloads.student_zip("B2"),
    }
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")
    assert set(by_id(taken)) == {"lab2-7", "Lab2-8"}
    assert any("2 students" in note and "lab2" in note for note in taken.notes)


def test_archives_without_order_are_not_chosen_from(tmp_path: Path) -> None:
    """Two zips with other names are both in the hand-in, and the layout check reports it."""
    files = {
        "A A_7_assignsubmission_file_/first.zip": downloads.student_zip("B1"),
        "A A_7_assignsubmission_file_/final.zip": downloads.student_zip("B1"),
    }
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")
    _, (_, layout) = receive(taken.sources[0], tmp_path / "work", LAB)
    assert layout.help is not None
    assert "archive" in layout.help


def test_loose_files_are_not_chosen_from(tmp_path: Path) -> None:
    """A copy does not replace the file that the lab asks for."""
    folder = "A A_7_assignsubmission_file_"
    files = {
        f"{folder}/model/mobilenet.pth": b"weights",
        f"{folder}/model/mobilenet (1).pth": b"copy",
        f"{folder}/B1.ipynb": downloads.NOTEBOOK,
    }
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")
    assert weights(taken.sources[0]) == b"weights"


def test_a_roster_gives_the_ids(tmp_path: Path) -> None:
    """A hand-in under another name is its student's where the roster knows the LMS's number."""
    sheet = tmp_path / "roster.csv"
    sheet.write_text("Identifier,Full name,ID number\nParticipant 101,Jane Doe,B777\n")
    roster = read_roster(sheet)
    taken = import_downloads(downloads.as_zip(tmp_path, downloads.MOODLE), tmp_path / "out", roster)
    assert {"B777", "B2"} <= set(by_id(taken))


def test_times_from_a_sheet(tmp_path: Path) -> None:
    """Moodle's own sheet says when each participant handed in."""
    sheet = tmp_path / "times.csv"
    sheet.write_text(
        'Identifier,Full name,Last modified (submission)\nParticipant 101,Jane Doe,"Thursday, '
        '4 April 2024, 11:55 PM"\nParticipant 102,x,-\nParticipant 103,y,04/05/2024\n'
    )
    times = read_times(sheet, "Asia/Taipei")
    taken = import_downloads(downloads.as_zip(tmp_path, downloads.MOODLE), tmp_path / "out")
    jane = arrival(by_id(taken)["B1"], taken, times)
    assert jane is not None
    assert jane.submitted_at == "2024-04-04T23:55:00+08:00"
    assert len(times.unread) == 1
    assert "line 4" in times.unread[0]
    plain = arrival(tmp_path / "B9.zip", taken, times)
    assert plain == Arrival()


def test_a_hand_in_that_looks_like_a_download(tmp_path: Path) -> None:
    """In a folder it is one hand-in; beside another path on the command line it is an error."""
    other = tmp_path / "B1.zip"
    other.write_bytes(downloads.student_zip("B1"))
    forged = downloads.as_zip(tmp_path, downloads.MOODLE, "B9.zip")
    taken = import_downloads(tmp_path, tmp_path / "out")
    assert set(by_id(taken)) == {"B1", "B9"}
    assert not taken.handed_in
    with pytest.raises(GraderError, match="Moodle"):
        classify_paths([other, forged], LAB)


def test_a_students_bomb_is_that_students_verdict(tmp_path: Path) -> None:
    """A bomb fails only its own hand-in."""
    bomb = downloads.zipped({"model/mobilenet.pth": bytes(4 << 20)})
    files = {
        "A A_7_assignsubmission_file_/B7.zip": bomb,
        "B B_8_assignsubmission_file_/model/mobilenet.pth": bytes(4 << 20),
        "C C_9_assignsubmission_file_/B9.zip": downloads.student_zip("B9"),
    }
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")
    archive = receive(by_id(taken)["B7"], tmp_path / "w7", LAB)[1][0]
    assert archive.reason is not None
    assert "bomb" in archive.reason
    assert receive(by_id(taken)["B9"], tmp_path / "w9", LAB)[1][0].passed


@BOTH_WAYS
def test_names_that_clash_are_that_students_verdict(tmp_path: Path, made: Made) -> None:
    """A.txt and a.txt are the same name on some systems; the other hand-ins are graded."""
    files = {
        "A A_7_assignsubmission_file_/a.txt": b"1",
        "A A_7_assignsubmission_file_/A.txt": b"2",
        "C C_9_assignsubmission_file_/B9.zip": downloads.student_zip("B9"),
    }
    taken = import_downloads(made(tmp_path, files), tmp_path / "out")
    found = by_id(taken)
    archive = receive(found["moodle-7"], tmp_path / "w7", LAB)[1][0]
    assert "on some systems" in (archive.reason or "")
    assert receive(found["B9"], tmp_path / "w9", LAB)[1][0].passed


def test_a_damaged_download_leaves_nothing_behind(tmp_path: Path) -> None:
    """A flipped byte is an error, and no hand-in is left."""
    download = downloads.as_zip(tmp_path, downloads.MOODLE)
    raw = bytearray(download.read_bytes())
    raw[200] ^= 0xFF
    download.write_bytes(raw)
    with pytest.raises(GraderError, match=r"download\.zip"):
        import_downloads(download, tmp_path / "out")
    assert not list((tmp_path / "out" / DOWNLOADS).iterdir())


def test_a_link_in_a_download_is_refused(tmp_path: Path) -> None:
    """No LMS writes links; the target is not read."""
    link = zipfile.ZipInfo("A A_7_assignsubmission_file_/B7.zip")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    taken = import_downloads(path, tmp_path / "out")
    assert taken.sources == (path,)
    assert not taken.handed_in
