"""Sheets about people: rosters and times, whatever their columns are called."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.lms.columns import number_of, read_people
from grader.lms.people import Person, name_key
from grader.lms.roster import attendance, parse, read_roster, render, said
from grader.lms.times import parse_time, read_times
from grader.types import Arrival


def sheet(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """The text as a file."""
    path = folder / "sheet.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "header",
    [
        "Student ID,Full name,Email address",
        "學號,姓名,電子郵件",
        "SIS User ID,Student,E-mail",
        "student_id;Name;email",
        "Student ID\tFull  Names\tMail",
        '"ID number",Student Name,"Email Address"',
    ],
)
def test_columns_are_found_by_what_they_are_like(tmp_path: Path, header: str) -> None:
    """In another language, order of words or sign between cells."""
    delimiter = next(each for each in ",;\t" if each in header)
    path = sheet(tmp_path, f"{header}\n" + delimiter.join(("B1", "Jane Doe", "j@x.edu")))
    ((_, person, _),) = read_people(path).rows
    assert person == Person(id="B1", name="Jane Doe", email="j@x.edu")


def test_a_name_in_two_columns(tmp_path: Path) -> None:
    """First and last name are one person's; so is a byte order mark, and Excel's UTF-16."""
    text = "First name,Surname,ID\nJane,Doe,B1\n\n"
    for encoding in ("utf-8-sig", "utf-16"):
        ((line, person, _),) = read_people(sheet(tmp_path, text, encoding)).rows
        assert (line, person.name) == (2, "Jane Doe")


def test_a_canvas_gradebook_is_a_roster(tmp_path: Path) -> None:
    """The SIS's number is the student's, Canvas's is the LMS's."""
    path = sheet(tmp_path, 'Student,ID,SIS User ID,Section\n"Doe, Jane",2001,B1,A\n')
    ((_, person, _),) = read_people(path).rows
    assert person == Person(id="B1", lms="canvas", lms_id="2001", name="Doe, Jane")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("Name\nJane\n", "no column of ids"),
        ("ID,ID\n1,2\n", "2 columns called ID"),
        ("ID,Name\nB1,Jane\nb1,John\n", "lines 2 and 3 are both b1"),
        ("ID,Email\nB1,a@x\nB2,A@X\n", "lines 2 and 3 are both a@x"),
        ('ID,Name\nB1,"Jane\n', "is no sheet"),
    ],
)
def test_what_would_have_to_be_guessed_is_refused(tmp_path: Path, text: str, why: str) -> None:
    """A sheet without a header, with two equal ones, or with one person twice."""
    with pytest.raises(GraderError, match=why):
        read_roster(sheet(tmp_path, text))


def test_a_sheet_in_an_old_encoding_or_not_there(tmp_path: Path) -> None:
    """The TA learns which encoding to save it in."""
    with pytest.raises(GraderError, match="is not UTF-8"):
        read_roster(sheet(tmp_path, "學號\n1\n", "cp950"))
    with pytest.raises(GraderError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")


def test_who_handed_in_nothing(tmp_path: Path) -> None:
    """Found by id, address, or a name that only one has; everybody else is named."""
    text = "ID,Name,Email\nB1,Jane Doe,j@x\nB2,Li,l@x\nB3,Sam Lee,s@x\nB4,Sam Lee,t@x\nB5,Ole,o@x\n"
    roster = read_roster(sheet(tmp_path, text))
    found = attendance(
        roster,
        [
            ("b1", None),
            ("lab2", Arrival(email="L@X")),
            ("x", Arrival(name="Sam Lee")),
            ("y", Arrival(name="OLE")),
        ],
    )
    assert [each.id for each in found.missing] == ["B3", "B4"]
    assert found.strangers == ("x",)
    assert parse(render(found)) == found
    assert said(found) == (
        "Handed in nothing (2): B3, Sam Lee; B4, Sam Lee.",
        "Not on the roster (1): x.",
    )


def test_times_need_their_column(tmp_path: Path) -> None:
    """Without one the help says what to call it."""
    with pytest.raises(GraderError, match="no column for the time"):
        read_times(sheet(tmp_path, "ID,Name\nB1,Jane\n"), "UTC")


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024-04-04 23:55:00", "2024-04-04T23:55:00+08:00"),
        ("2024-04-04T15:55:00Z", "2024-04-04T15:55:00+00:00"),
        ("2024-04-04 23:55:01 +0800", "2024-04-04T23:55:01+08:00"),
        ("2024-04-04 15:55:00 UTC", "2024-04-04T15:55:00+00:00"),
        ("Thursday, 4 April 2024, 11:55 PM", "2024-04-04T23:55:00+08:00"),
        ("Thursday, 4 April 2024, 23:55", "2024-04-04T23:55:00+08:00"),
        ("2024/04/04 23:55", "2024-04-04T23:55:00+08:00"),
        ("04/05/2024 23:55", None),
        ("yesterday", None),
        ("0001-01-01 10:00", None),
        ("2024-04-04", None),
        ("20240404", None),
        ("9999-12-31 23:59", None),
    ],
)
def test_times_as_lmss_write_them(cell: str, moment: str | None) -> None:
    """What could be read two ways, or lies outside this century, is not read."""
    assert parse_time(cell, "Asia/Taipei") == moment


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 30)),
    st.sampled_from(["UTC", "Asia/Taipei", "America/New_York"]),
)
def test_a_time_reads_back_the_same(moment: datetime, zone: str) -> None:
    """Whatever zone it is written with, it is the same moment."""
    written = moment.replace(tzinfo=ZoneInfo(zone)).isoformat()
    read = parse_time(written, "Asia/Tokyo")
    assert read is not None
    assert datetime.fromisoformat(read) == datetime.fromisoformat(written)


@pytest.mark.parametrize(
    ("identifier", "number"),
    [("Participant 12", "12"), ("參與者 34", "34"), ("56", "56"), ("jdoe12", None), ("x", None)],
)
def test_identifiers_are_a_word_and_a_number(identifier: str, number: str | None) -> None:
    """The word is in the site's language; a log-in name with digits in it is no number."""
    assert number_of(identifier) == number


def test_names_in_either_order() -> None:
    """A sheet for sorting has the last name first."""
    assert name_key("Doe, Jane") == name_key("jane  DOE")
