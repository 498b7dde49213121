"""Every way to read the name of a Canvas file, and which of them fits the others."""

import pytest

from grader.lms.canvas.names import FEW, choose, readings
from grader.lms.people import Person

JANE, ROE = "doejane_2001_9001_B1.zip", "roe_2002_9002_B2.zip"


def users(member: str) -> list[tuple[str, str, str]]:
    """The display name, user and file of each reading."""
    return [(each.name, each.user, each.file) for each in readings(member)]


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        (JANE, [("doejane", "2001", "B1.zip")]),
        ("_2001_9001_B1.zip", [("", "2001", "B1.zip")]),
        ("doe_LATE_2001_9001_B1.zip", [("doe", "2001", "B1.zip")]),
        ("doe_2001_text.html", [("doe", "2001", "text.html")]),
        ("anon_xY9zQ_9001_1_2_B1.zip", [("anon", "xY9zQ", "1_2_B1.zip")]),
        ("anon_LATE_12345_9002_B2.zip", [("anon", "12345", "B2.zip")]),
        (
            "team_1_2004_9004_B4.zip",
            [("team", "1", "9004_B4.zip"), ("team_1", "2004", "B4.zip")],
        ),
        (
            "doe_2001_9001_312551001_lab2.zip",
            [("doe", "2001", "312551001_lab2.zip"), ("doe_2001", "9001", "lab2.zip")],
        ),
        ("x_5_7_text.html", [("x", "5", "text.html"), ("x_5", "7", "text.html")]),
        ("x_LATE_5_7_8_B1.zip", [("x", "5", "8_B1.zip"), ("x_LATE_5", "7", "B1.zip")]),
        ("notes.txt", []),
        ("folder/doe_1_2_B1.zip", []),
        ("_1" * 2000, []),
    ],
)
def test_all_readings_of_a_name(member: str, expected: list[tuple[str, str, str]]) -> None:
    """In the order of their display names' lengths; LATE is Canvas's word."""
    assert users(member) == expected


def chosen(
    member: str, *others: str, people: tuple[Person, ...] = ()
) -> tuple[str, str, str | None]:
    """The user and the file that `member` is read as among the others, and what is to review."""
    found = choose([member, *others], people)[member]
    return found.reading.user, found.reading.file, found.review


def test_a_team_is_told_from_a_user_by_the_other_files() -> None:
    """Attachment numbers of one assignment are near each other."""
    assert chosen("team_1_2004_9004_B4.zip", JANE, ROE) == ("2004", "B4.zip", None)


def test_a_file_that_begins_with_a_number_stays_its_students() -> None:
    """Such as a date or the student's id."""
    assert chosen("li_2003_9003_2024_04_hw.zip", JANE) == ("2003", "2024_04_hw.zip", None)
    assert chosen("li_2003_9003_312551001_lab2.zip", JANE)[:2] == ("2003", "312551001_lab2.zip")


@pytest.mark.parametrize("prefix", ["", "team"])
def test_a_class_whose_names_all_have_several_readings(prefix: str) -> None:
    """Students' ids before the file's name, or teams with a number."""
    if prefix:
        files = [f"team_{n}_200{n}_900{n}_hw.zip" for n in range(1, FEW + 2)]
    else:
        files = [f"{'abcde'[n]}_200{n}_900{n}_31255100{n}_hw.zip" for n in range(1, FEW + 2)]
    found = choose(files, ())
    assert [found[each].reading.user for each in files] == ["2001", "2002", "2003", "2004"]
    assert {each.review for each in found.values()} == {None}


def test_a_display_name_with_anothers_number_takes_nothing() -> None:
    """The user who has that number is known by another name."""
    assert chosen("x_2001_7777_9009_B9.zip", JANE, ROE) == ("7777", "B9.zip", None)
    assert chosen("doejane_2001_7777_9009_B9.zip", JANE, ROE)[0] == "7777"


def test_a_file_name_with_anothers_number_takes_nothing() -> None:
    """Roe names a file so that Jane's number can be read in it."""
    user, file, _ = chosen("roe_2002_9003_5_2001_9777_B1.zip", JANE, ROE)
    assert (user, file) == ("2002", "5_2001_9777_B1.zip")


def test_the_roster_says_who_is_there() -> None:
    """By Canvas's numbers; and an attachment is no student's id."""
    roster = (Person(id="B1", lms="canvas", lms_id="2004"), Person(id="9004"))
    assert chosen("team_1_2004_9004_B4.zip", people=roster[:1]) == ("2004", "B4.zip", None)
    assert chosen("a_2004_9000_9004_hw.zip", people=roster[1:]) == ("2004", "9004_hw.zip", None)


def test_where_two_fit_a_person_looks() -> None:
    """The file is named with both numbers, and goes to no one who has a hand-in already."""
    user, _, review = chosen("team_1_2004_9004_B4.zip")
    assert user in {"1", "2004"}
    assert review is not None
    assert "1 or 2004" in review
    both = (Person(lms="canvas", lms_id="2003"), Person(lms="canvas", lms_id="8888"))
    _, _, review = chosen("x_2003_8888_9009_B9.zip", JANE, people=both)
    assert review is not None
