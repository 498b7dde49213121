"""roster.json beside the results."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.lms.roster import read_roster
from grader.report.class_counts import ClassCounts
from grader.report.class_people import Absent, ClassPeople
from grader.results.attendance import kept_excused, kept_roster, people_of_class, write_attendance
from grader.results.folder import ROSTER
from grader.types import Arrival
from tests.lms.people_sheets import sheet
from tests.results.test_write import report

HERE = report("B1").submission


def test_a_late_hand_in_is_found_in_the_kept_roster(tmp_path: Path) -> None:
    """The whole roster is kept, so that a later run says who is missing then."""
    people = read_roster(sheet(tmp_path, "ID,Name\nB1,Jane\nB2,Li\n"))
    (said,) = write_attendance([HERE], people, tmp_path)
    assert "B2" in said
    kept = kept_roster(tmp_path)
    assert kept == people
    assert write_attendance([HERE, replace(HERE, id="B2")], kept, tmp_path) == ()


def test_without_a_roster_there_is_no_file(tmp_path: Path) -> None:
    """One of an earlier class is deleted."""
    (tmp_path / ROSTER).write_text("{}")
    assert write_attendance([HERE], None, tmp_path) == ()
    assert not (tmp_path / ROSTER).exists()


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"people": [3]}', '{"missing": []}'])
def test_an_unreadable_roster_is_none(tmp_path: Path, text: str | None) -> None:
    """Also that of an older grader, which kept only the missing."""
    if text is not None:
        (tmp_path / ROSTER).write_text(text)
    assert kept_roster(tmp_path) is None


def test_the_rosters_name_is_before_that_of_the_lms(tmp_path: Path) -> None:
    """Who is not on the roster has the LMS's name; the absent have an id and a name."""
    people = read_roster(sheet(tmp_path, "ID,Name,Email\nB1,Lin Ada,\nB2,Li,\n,,noa@x.org\n"))
    ada, ben = report("B1"), report("B7")
    ada = replace(ada, submission=replace(HERE, handed_in=Arrival(name="Ada Lin")))
    came = replace(ben.submission, handed_in=Arrival(name="Ben Wu"))
    ben = replace(ben, submission=came)
    write_attendance([ada.submission, ben.submission], people, tmp_path)
    found = people_of_class([ada, ben], tmp_path)
    assert found.names == {"B1": "Lin Ada", "B7": "Ben Wu"}
    assert found.absent == (Absent(id="B2", name="Li"), Absent(id="noa@x.org"))


def test_an_excused_student_is_not_missing(tmp_path: Path) -> None:
    """The class page and the table say so, and so does a later grading of one hand-in."""
    people = read_roster(sheet(tmp_path, "ID,Name,Email\nB1,Ada,\nB2,Li,\nB3,Noa,\n"))
    excused = (people.people[1],)
    (said,) = write_attendance([HERE], people, tmp_path, excused)
    assert "B3" in said
    assert "B2" not in said
    assert kept_excused(tmp_path) == excused
    found = people_of_class([report("B1")], tmp_path)
    assert [each.word for each in found.absent or ()] == ["excused", "absent"]
    assert ClassCounts.of((), found).absent == 1


@pytest.mark.parametrize("text", [None, "", "[]", '{"missing": [3]}'])
def test_without_a_readable_roster_nobody_is_known_to_be_absent(
    tmp_path: Path, text: str | None
) -> None:
    """The names are then those of the LMS."""
    if text is not None:
        (tmp_path / ROSTER).write_text(text)
    assert people_of_class([report("B1")], tmp_path) == ClassPeople()
