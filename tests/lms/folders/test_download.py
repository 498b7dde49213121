from pathlib import Path

import pytest

from grader.lms.folders.download import is_class
from grader.lms.roster import read_roster
from tests.lms.downloads import BOTH_WAYS, Made, as_zip, by_id, import_downloads, student_zip
from tests.lms.people_sheets import sheet

ONE = {"alice/hw.zip": student_zip("B1"), "bob/sub/hw.zip": student_zip("B2")}


@BOTH_WAYS
def test_a_folder_for_each_student(tmp_path: Path, made: Made) -> None:
    """If all archives have one name, the folder's name is the id."""
    taken = import_downloads(made(tmp_path, {**ONE, "readme.txt": b""}), tmp_path / "out")
    assert set(by_id(taken)) == {"alice", "bob"}


def test_the_archives_names_are_the_ids_if_they_differ(tmp_path: Path) -> None:
    """Below a folder of the course too."""
    files = {"c/alice/B1.zip": student_zip("B1"), "c/bob/B2.zip": student_zip("B2")}
    taken = import_downloads(as_zip(tmp_path, files), tmp_path / "out")
    assert set(by_id(taken)) == {"B1", "B2"}
    assert {who.place for who in taken.handed_in.values()} == {"alice/", "bob/"}


def test_the_roster_knows_the_folders(tmp_path: Path) -> None:
    """By their ids or their names."""
    roster = read_roster(sheet(tmp_path, "Student ID,Name\nB1,Jane Doe\nB2,Li Wei\n"))
    files = {"B1/hw.zip": student_zip("B1"), "Li Wei/lab.zip": student_zip("B2")}
    taken = import_downloads(as_zip(tmp_path, files), tmp_path / "out", roster)
    assert set(by_id(taken)) == {"B1", "B2"}


@pytest.mark.parametrize(
    "names",
    [
        ["a/x.zip"],
        ["a/x.zip", "a/y.zip", "b/z.zip"],
        ["a/x.zip", "b/y.zip", "c.zip"],
        ["a/x.zip", "b/y.zip", "b/lab2.ipynb"],
        ["a/x.zip", "b/y.zip", "lab2.ipynb"],
        ["model/x.zip", "notebook/y.zip"],
        [],
    ],
)
def test_anything_else_is_no_class(names: list[str]) -> None:
    """Two archives of one student, loose hand-ins, and one student alone."""
    assert not is_class(names)
