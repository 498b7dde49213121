"""roster.json beside the results."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.lms.roster import read_roster
from grader.results.attendance import kept_roster, write_attendance
from grader.results.folder import ROSTER
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
