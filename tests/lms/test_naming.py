from pathlib import Path

import pytest

from grader.labs.kinds import network_lab
from grader.lms.listing import DownloadedFile, StudentFiles
from grader.lms.naming import ids_of
from grader.lms.roster import read_roster
from grader.types import Arrival
from tests.lms.people_sheets import sheet

LAB = network_lab()


def files(
    number: str, *names: str, name: str = "Jane", student_id: str | None = None
) -> StudentFiles:
    """The hand-in of one student in Moodle."""
    return StudentFiles(
        who=Arrival(lms="moodle", lms_id=number, name=name),
        files=tuple(DownloadedFile(member=each, name=each) for each in names),
        student_id=student_id,
    )


@pytest.mark.parametrize(
    ("handed_in", "id"),
    [
        (files("1", "B1.zip"), "B1"),
        (files("1", "B1 (1).zip"), "B1"),
        (files("1", "B1.ipynb", "mobilenet.pth"), "B1"),
        (files("1", LAB.layout.template_notebook, "mobilenet.pth"), "moodle-1"),
        (files("1", "a.ipynb", "b.ipynb"), "moodle-1"),
        (files("1", "a.zip", "b.zip"), "moodle-1"),
        (files("1", "text.html"), "moodle-1"),
        (files("1", "B1.zip", student_id="B7"), "B7"),
        (files("1", " .B1.zip"), "B1"),
    ],
)
def test_an_id_is_the_lmss_or_what_the_hand_in_is_called(handed_in: StudentFiles, id: str) -> None:
    """If neither is certain, the id is the LMS and its number."""
    assert ids_of([handed_in], LAB, None) == ((id,), ())


def test_two_of_one_name_are_told_apart() -> None:
    """The ids get the LMS's numbers, also if they differ only in case, and one note says so."""
    ids, notes = ids_of([files("1", "B1.zip"), files("2", "b1.zip", name="Li")], LAB, None)
    assert ids == ("B1-1", "b1-2")
    (note,) = notes
    assert all(word in note for word in ("Jane", "B1-1", "Li", "b1-2"))


def test_an_id_that_names_no_folder_is_made_safe() -> None:
    """An id has no path separators and at most 200 bytes."""
    for odd in ("../B1", "a:b", "x" * 300):
        ((id,), _) = ids_of([files("1", "x.zip", student_id=odd)], LAB, None)
        assert id != odd
        assert len(id.encode()) < 200
        assert "/" not in id
        assert ":" not in id


def test_the_rosters_id_counts_before_the_files(tmp_path: Path) -> None:
    """A file named after another student's id does not count."""
    roster = read_roster(sheet(tmp_path, "Student ID,Full name\nB1,Jane\nB2,Li\n"))
    ids, notes = ids_of([files("1", "B2.zip", name="Jane")], LAB, roster)
    assert ids != ("B2",)
    assert "Jane" in notes[0]
    same, quiet = ids_of([files("1", "b1.zip", name="Jane")], LAB, roster)
    assert (same, quiet) == (("b1",), ())


@pytest.mark.parametrize(
    ("listed", "file", "id"), [("12345", "0012345", "0012345"), ("0012345", "12345", "0012345")]
)
def test_the_id_with_its_leading_zeros_is_graded(
    tmp_path: Path, listed: str, file: str, id: str
) -> None:
    """Whichever of the roster and the file has lost them, and however the row was found."""
    for text in (f"Student ID,Full name\n{listed},Jane\n", f"Student ID\n{listed}\n"):
        roster = read_roster(sheet(tmp_path, text))
        ids, notes = ids_of([files("1", f"{file}.zip", name="Jane")], LAB, roster)
        assert ids == (id,)
        assert file in notes[0]


def test_a_tar_gz_is_named_without_both_suffixes() -> None:
    """It is refused later, under the student's id."""
    assert ids_of([files("1", "B1.tar.gz")], LAB, None)[0] == ("B1",)
