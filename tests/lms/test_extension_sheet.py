"""Extensions in columns of a roster, and in a sheet of their own."""

from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.lms.extension_sheet import (
    Allowance,
    latest,
    read_extensions,
    read_roster_extensions,
)
from tests.lms.people_sheets import sheet

ZONE = "Asia/Taipei"


def only(folder: Path, text: str) -> Allowance:
    """The only line of the sheet."""
    (found,) = read_extensions(sheet(folder, text), ZONE)
    return found


@pytest.mark.parametrize(
    ("cell", "days", "until"),
    [
        ("3", 3, None),
        ("3 days", 3, None),
        ("1 day", 1, None),
        ("２天", 2, None),
        ("2.0", 2, None),
        ("0", 0, None),
        ("2024-04-08", 0, "2024-04-08T23:59:59+08:00"),
        ("2024/4/8", 0, "2024-04-08T23:59:59+08:00"),
        ("2024-04-08 12:00", 0, "2024-04-08T12:00:00+08:00"),
        ("2024-04-08T04:00:00Z", 0, "2024-04-08T04:00:00+00:00"),
    ],
)
@pytest.mark.parametrize("header", ["Extension", "Extended to", "Days", "Until", "延期天數"])
def test_days_and_dates_in_either_column(
    tmp_path: Path, header: str, cell: str, days: int, until: str | None
) -> None:
    """A date without a time is the whole day in the zone of the course."""
    found = only(tmp_path, f"ID,{header},Excuse\nB1,{cell},x\n")
    assert (found.days, found.until, found.unread) == (days, until, ())


@pytest.mark.parametrize(
    "cell", ["two", "-1", "1.5", "367", "04/05/2024", "2024-02-30", "2024-13-01 10:00", "99999"]
)
def test_what_cannot_be_read_is_named_with_its_line(tmp_path: Path, cell: str) -> None:
    """Nothing is guessed, and the other cells of the line count."""
    text = f"ID,Extension,Grace days,Excuse\nB0,1,,\nB1,{cell},2,\n"
    _, found = read_extensions(sheet(tmp_path, text), ZONE)
    assert (found.days, found.until, found.grace) == (0, None, 2)
    (message,) = found.unread
    assert "line 3" in message
    assert cell in message


def test_an_unreadable_budget_is_named_too(tmp_path: Path) -> None:
    """With its line."""
    found = only(tmp_path, "ID,Grace days\nB1,many\n")
    assert found.grace == 0
    assert "line 2" in found.unread[0]


@pytest.mark.parametrize(
    ("cell", "excused"),
    [("ill", True), ("yes", True), ("no", False), ("0", False), ("否", False), ("請假", True)],
)
def test_an_excuse_is_any_word_but_a_no(tmp_path: Path, cell: str, excused: bool) -> None:
    """In English and Chinese; an empty cell is none."""
    assert only(tmp_path, f"ID,Excuse\nB1,{cell}\n").excused is excused
    assert read_extensions(sheet(tmp_path, "ID,Excuse\nB1,\nB2,-\n"), ZONE) == ()


def test_a_person_has_several_lines_for_several_labs(tmp_path: Path) -> None:
    """Unlike in a roster."""
    path = sheet(tmp_path, "ID,Lab,Days\nB1,lab1,1\nB1,lab2,3\n")
    found = read_extensions(path, ZONE)
    assert [(each.lab, each.days, each.line) for each in found] == [("lab1", 1, 2), ("lab2", 3, 3)]
    assert not any(each.is_roster for each in found)


def test_a_roster_keeps_its_other_columns(tmp_path: Path) -> None:
    """“Lab” and “Days” are a group and a timetable there; “Extension” is an extension."""
    text = "ID,Name,Lab,Days,Extension,Grace days\nB1,Jane,A,3,,\nB2,Li,B,2,1,5\n"
    (found,) = read_roster_extensions(sheet(tmp_path, text), ZONE)
    assert (found.person.id, found.days, found.grace, found.lab) == ("B2", 1, 5, "")
    assert found.is_roster
    assert read_roster_extensions(sheet(tmp_path, "ID,Name\nB1,Jane\n"), ZONE) == ()


def test_two_columns_that_mean_the_same_are_an_error(tmp_path: Path) -> None:
    """It names both."""
    with pytest.raises(GraderError, match="Excused"):
        read_extensions(sheet(tmp_path, "ID,Excuse,Excused\nB1,x,\n"), ZONE)


def test_the_latest_of_moments_in_two_zones() -> None:
    """By the moment, not by the text."""
    one, other = "2024-04-08T23:00:00+08:00", "2024-04-08T16:00:00+00:00"
    assert latest(one, None, other) == other
    assert latest(None) is None


@pytest.mark.parametrize("header", ["Extention", "extension_days", "Grace day", "Excuses"])
def test_a_header_with_a_typo_is_read(tmp_path: Path, header: str) -> None:
    """Nothing that was written is lost silently."""
    assert only(tmp_path, f"ID,{header}\nB1,2\n").person.id == "B1"


def test_a_sheet_about_something_else_is_refused(tmp_path: Path) -> None:
    """Instead of giving nobody anything."""
    with pytest.raises(GraderError, match="column"):
        read_extensions(sheet(tmp_path, "ID,Name,Points\nB1,Jane,3\n"), ZONE)
    assert read_extensions(sheet(tmp_path, "ID,Extension\n"), ZONE) == ()
