from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.lms.columns import number_of, read_people
from grader.lms.people import Person
from grader.lms.roster import read_roster
from grader.lms.times import read_times
from tests.lms.people_sheets import sheet


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
    """Headers in another language or order of words, or with another delimiter, are found."""
    delimiter = next(each for each in ",;\t" if each in header)
    path = sheet(tmp_path, f"{header}\n" + delimiter.join(("B1", "Jane Doe", "j@x.edu")))
    (row,) = read_people(path).rows
    person = row.person
    assert person == Person(id="B1", name="Jane Doe", email="j@x.edu")


def test_a_name_in_two_columns(tmp_path: Path) -> None:
    """First and last name are joined; a byte order mark and Excel's UTF-16 are read."""
    text = "First name,Surname,ID\nJane,Doe,B1\n\n"
    for encoding in ("utf-8-sig", "utf-16"):
        (row,) = read_people(sheet(tmp_path, text, encoding)).rows
        line, person = row.line, row.person
        assert (line, person.name) == (2, "Jane Doe")


def test_a_canvas_gradebook_is_a_roster(tmp_path: Path) -> None:
    """The SIS id is the student's id, the number of Canvas is the LMS's."""
    path = sheet(tmp_path, 'Student,ID,SIS User ID,Section\n"Doe, Jane",2001,B1,A\n')
    (row,) = read_people(path).rows
    person = row.person
    assert person == Person(id="B1", lms="canvas", lms_id="2001", name="Doe, Jane")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("Name\nJane\n", "no column of ids"),
        ("ID,ID\n1,2\n", "2 columns"),
        ("ID,Name\nB1,Jane\nb1,John\n", "2 and 3 are both b1"),
        ("ID,Email\nB1,a@x\nB2,A@X\n", "2 and 3 are both a@x"),
        ('ID,Name\nB1,"Jane\n', "CSV"),
    ],
)
def test_what_would_have_to_be_guessed_is_refused(tmp_path: Path, text: str, why: str) -> None:
    """A sheet without a header, with equal headers, or with a person twice is refused."""
    with pytest.raises(GraderError, match=why):
        read_roster(sheet(tmp_path, text))


def test_a_sheet_in_an_old_encoding_or_not_there(tmp_path: Path) -> None:
    """The message names the encoding, or the file that does not exist."""
    with pytest.raises(GraderError, match="UTF-8"):
        read_roster(sheet(tmp_path, "學號\n1\n", "cp950"))
    with pytest.raises(GraderError, match=r"none\.csv"):
        read_roster(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("identifier", "number"),
    [("Participant 12", "12"), ("參與者 34", "34"), ("56", "56"), ("jdoe12", None), ("x", None)],
)
def test_identifiers_are_a_word_and_a_number(identifier: str, number: str | None) -> None:
    """The word is in the site's language; a login name with digits is not a number."""
    assert number_of(identifier) == number


def test_a_gradebook_is_read_as_canvas_means_it(tmp_path: Path) -> None:
    """“Student” is a name; Points Possible and Manual Posting are not people."""
    text = (
        "Student,ID,SIS Login ID,Section,Lab 1 (11)\n,,,,Manual Posting\n"
        '    Points Possible,,,,100\n"Doe, Jane",2001,jane,A,9\n'
    )
    (found,) = read_people(sheet(tmp_path, text)).rows
    assert found.person == Person(id="jane", lms="canvas", lms_id="2001", name="Doe, Jane")


def test_a_time_is_no_number_and_a_log_in_neither(tmp_path: Path) -> None:
    """Neither “Submission Time” nor the login name jdoe12 is taken for a number."""
    text = "Student ID,User ID,Submission Time\nB1,jdoe12,2024-04-04 10:00\nB2,asmith12,-\n"
    people = read_people(sheet(tmp_path, text), also=("time",))
    assert [each.person.lms_id for each in people.rows] == [None, None]
    assert people.rows[0].cells["time"] == "2024-04-04 10:00"


def test_a_worksheet_in_another_language_says_what_helps(tmp_path: Path) -> None:
    """Its times are not read; the help describes a sheet that is."""
    with pytest.raises(GraderError) as raised:
        read_times(sheet(tmp_path, "識別碼,學號,最後修改\n參與者 1,B1,今天\n"), "UTC")
    assert "2024-04-04 23:55" in (raised.value.help or "")
