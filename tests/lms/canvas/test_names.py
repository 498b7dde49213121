"""Every way to read the name of a Canvas file, and which of them fits the others."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.lms.canvas.names import choose, readings
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
        (
            "anon_xy9zq_9001_1_B1.zip",
            [("anon", "xy9zq", "1_B1.zip"), ("anon_xy9zq", "9001", "B1.zip")],
        ),
        ("anon_xY9zQ_9001_1_B1.zip", [("anon", "xY9zQ", "1_B1.zip")]),
        ("anon_LATE_12345_9002_B2.zip", [("anon", "12345", "B2.zip")] * 2),  # hidden or not
        (
            "team_1_2004_9004_B4.zip",
            [("team", "1", "9004_B4.zip"), ("team_1", "2004", "B4.zip")],
        ),
        (
            "doe_2001_9001_312551001_lab2.zip",
            [("doe", "2001", "312551001_lab2.zip"), ("doe_2001", "9001", "lab2.zip")],
        ),
        ("x_5_7_text.html", [("x", "5", "text.html"), ("x_5", "7", "text.html")]),
        ("x_LATE_5_7_8_B1.zip", [("x", "5", "8_B1.zip")]),
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


def test_a_display_name_with_anothers_number_takes_nothing() -> None:
    """The user who has that number is known by another name."""
    assert chosen("x_2001_7777_9009_B9.zip", JANE, ROE) == ("7777", "B9.zip", None)
    assert chosen("doejane_2001_7777_9009_B9.zip", JANE, ROE)[0] == "7777"


def test_a_file_name_with_anothers_number_takes_nothing() -> None:
    """Roe names a file so that Jane's number can be read in it."""
    user, file, _ = chosen("roe_2002_9003_5_2001_9777_B1.zip", JANE, ROE)
    assert (user, file) == ("2002", "5_2001_9777_B1.zip")


def test_where_two_fit_a_person_looks() -> None:
    """The file is named with both numbers, and goes to no one who has a hand-in already."""
    user, _, review = chosen("team_1_2004_9004_B4.zip")
    assert user in {"1", "2004"}
    assert review is not None
    assert "1 or 2004" in review
    both = (Person(lms="canvas", lms_id="2003"), Person(lms="canvas", lms_id="8888"))
    _, _, review = chosen("x_2003_8888_9009_B9.zip", JANE, people=both)
    assert review is not None


def test_a_display_name_that_looks_hidden_takes_nothing() -> None:
    """Names are hidden for all or for none: "anon 12345" is a name here, and there none is."""
    assert chosen("anon_12345_2222_9003_B2.zip", JANE, ROE) == ("2222", "B2.zip", None)
    assert chosen("anon_12345_7777_9003_B2.zip", JANE, ROE)[2] is not None
    hidden = ("anon_abcde_9001_B1.zip", "anon_LATE_fghij_9002_B1.zip")
    assert chosen("anon_12345_9003_9004_B2.zip", *hidden) == ("12345", "9004_B2.zip", None)


def test_a_group_that_shares_a_file_is_no_contradiction() -> None:
    """Each member can have the same attachment."""
    together = ("doe_2001_9001_hw.zip", "team_1_2004_9001_hw.zip", ROE)
    assert chosen(together[1], together[0], together[2])[0] == "2004"


def as_canvas_writes(name: str, late: bool, user: int, attachment: int, file: str) -> str:
    """The name of a file, as Canvas's content_zipper.rb makes it."""
    shown = re.sub(r"_(\d+)_", r"\1", name).lower()
    whole = "_".join([shown, *(["LATE"] if late else []), str(user)])
    inside = re.sub(r"[\x00/\\:*?\"<>|]+", "_", file)
    word = re.sub(r"[^\w]", "", whole)
    return f"{word}_{attachment}_{inside}"


USERS, FIRST = range(2001, 2009), 1_000_001
# Names and files that look like Canvas's own, with the numbers of others and of attachments.
PART = st.one_of(
    st.sampled_from(["_", " ", "LATE", "late", "team", "anon", "B1", "-", "doe", "text.html"]),
    st.sampled_from([*USERS, *range(FIRST, FIRST + 20), 7, 312551001]).map(str),
)
WORDS = st.lists(PART, max_size=7).map("".join)
TYPED = st.lists(PART, max_size=7).map("_".join)


@given(
    st.lists(st.tuples(st.one_of(WORDS, TYPED), st.booleans(), TYPED), min_size=1, max_size=8),
    st.booleans(),
)
def test_nobody_is_read_as_another(hand_ins: list[tuple[str, bool, str]], listed: bool) -> None:
    """Whatever display names and file names students choose: a person looks, or it is right."""
    files = {
        as_canvas_writes(name, late, user, FIRST + 3 * user % 17, f"{file}.zip"): str(user)
        for user, (name, late, file) in zip(USERS, hand_ins, strict=False)
    }
    people = [Person(lms="canvas", lms_id=str(user), name=f"Jane Doe {user}") for user in USERS]
    found = choose(list(files), people if listed else ())
    for member, user in files.items():
        right = found[member].reading.user == user
        assert right or found[member].review is not None
        assert right or user in (found[member].review or "")
