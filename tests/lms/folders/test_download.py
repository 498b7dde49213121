from pathlib import Path

import pytest

from grader.labs.hand_in_files import NETWORK_FILES
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
    assert not is_class(names, NETWORK_FILES)


PEOPLE = "Student ID,Name\nB1,Jane Doe\nB2,Li Wei\n"


def test_a_files_name_does_not_say_whose_folder_it_is(tmp_path: Path) -> None:
    """Mallory is on no roster with names, and calls her file B1: a person looks."""
    roster = read_roster(sheet(tmp_path, PEOPLE))
    files = {"Mallory/B1.zip": student_zip("B1"), "Li Wei/B2.zip": student_zip("B2")}
    taken = import_downloads(as_zip(tmp_path, files), tmp_path / "out", roster)
    reviews = {who.place: who.review for who in taken.handed_in.values()}
    assert reviews["Li Wei/"] is None
    assert "Jane Doe" in (reviews["Mallory/"] or "")


def test_a_roster_of_ids_alone_needs_the_files_names(tmp_path: Path) -> None:
    """Then no folder with a name could be on it."""
    roster = read_roster(sheet(tmp_path, "Student ID\nB1\nB2\n"))
    files = {"Jane Doe/B1.zip": student_zip("B1"), "Li Wei/B2.zip": student_zip("B2")}
    taken = import_downloads(as_zip(tmp_path, files), tmp_path / "out", roster)
    assert set(by_id(taken)) == {"B1", "B2"}
    assert not any(who.review for who in taken.handed_in.values())


def test_a_folder_that_is_ones_id_and_anothers_name_is_for_a_person(tmp_path: Path) -> None:
    """The reason names both."""
    roster = read_roster(sheet(tmp_path, "Student ID,Name\nlee,Jane Doe\nB2,Lee\nB3,Ann Lo\n"))
    files = {"lee/hw.zip": student_zip("x"), "B3/hw.zip": student_zip("B3")}
    taken = import_downloads(as_zip(tmp_path, files), tmp_path / "out", roster)
    reviews = {who.place: who.review for who in taken.handed_in.values()}
    assert reviews["B3/"] is None
    assert all(name in (reviews["lee/"] or "") for name in ("Jane Doe", "Lee"))
