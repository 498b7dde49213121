"""The LMS's data on a student has priority over the names of the student's files."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.lms import arrival
from grader.lms.people import Index, Person, same_name
from grader.lms.roster import attendance, read_roster
from grader.lms.times import read_times
from grader.types import Arrival
from tests.lms import downloads
from tests.lms.downloads import import_downloads, student_zip
from tests.lms.people_sheets import JANE, MOODLE, sheet

WORD = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=8)


def test_the_lmss_name_counts_before_the_files(tmp_path: Path) -> None:
    """Jane names her zip B2: it is graded as Jane's, and Li has no hand-in."""
    people = "Student ID,Full name,Submitted at\nB1,Jane Doe,2024-04-06 10:00\nB2,Li Wei,-\n"
    path = sheet(tmp_path, people.replace("B2,Li Wei,-", "B2,Li Wei,2024-04-04 10:00"))
    roster, times = read_roster(path), read_times(path, "Asia/Taipei")
    files = {f"Jane Doe_101{MOODLE}B2.zip": student_zip("B2")}
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out", roster)
    (source,) = taken.sources
    assert source.stem == "B1"
    assert any("Jane Doe" in note and "B2, Li Wei" in note for note in taken.notes)
    found = arrival(source, taken, times)
    assert found is not None
    assert found.submitted_at == "2024-04-06T10:00:00+08:00"
    assert [each.id for each in attendance(roster, [("B1", found)]).missing] == ["B2"]


def test_a_file_called_by_anothers_id_is_not_that_students(tmp_path: Path) -> None:
    """A student who is not on the roster is not graded under the id of another."""
    roster = read_roster(sheet(tmp_path, "Student ID,Full name\nB1,Jane Doe\n"))
    files = {f"Eve_666{MOODLE}B1.zip": student_zip("B1")}
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out", roster)
    assert [source.stem for source in taken.sources] == ["moodle-666"]
    (note,) = taken.notes[1:]
    assert "Eve and Jane Doe" in note
    assert len(attendance(roster, [("moodle-666", Arrival(name="Eve"))]).missing) == 1


def test_an_address_that_differs_is_no_match() -> None:
    """Two students with the same name and other email addresses are different."""
    index = Index.of([Person(id="B1", name="Jane Doe", email="j@x.edu")])
    match = index.find(Person(id="B1", name="Jane Doe", email="other@x.edu"))
    assert match.row is None
    assert "other@x.edu and j@x.edu" in match.why


def test_numbers_of_two_lmss_are_not_compared(tmp_path: Path) -> None:
    """Canvas's 101 is not Moodle's."""
    text = 'Student,ID,SIS User ID,Section\n"Other, Ann",101,B7,A\n"Doe, Jane",2001,B1,A\n'
    roster = read_roster(sheet(tmp_path, text))
    row = roster.find(None, JANE).row
    assert row is not None
    assert roster.people[row].id == "B1"


@pytest.mark.parametrize(
    ("in_sheet", "in_download", "same"),
    [
        ("Ole O'Neil-Sørensen", "Ole ONeil-Sørensen", True),
        ('Jane "JJ" Doe', "Jane JJ Doe", True),
        ("Doe, Jane", "doejane", True),
        ("Jane Doe", "doejane", True),
        ("李 小龍", "李小龍", True),
        ("Jane Doe", "Group 1-Jane Doe", True),
        ("Jane Doe", "Jane Ann Doe", False),
        ("Lee", "Jane Lee", False),
        ("Anna Lee", "Ann Alee", False),
        ("Jane Doe", "", False),
    ],
)
def test_one_name_in_two_spellings(in_sheet: str, in_download: str, same: bool) -> None:
    """The spellings of LMSs are equal; any other difference is another person."""
    assert same_name(in_sheet, in_download) is same


@given(st.lists(WORD, min_size=1, max_size=4))
def test_canvass_spelling_is_its_students(name: list[str]) -> None:
    """Last name first, lower case and without spaces, it is still the name."""
    for at in range(len(name)):
        sorting = "".join(name[at:] + name[:at]).casefold()
        assert same_name(" ".join(name), sorting)
