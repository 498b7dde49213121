"""The numbers of the class and of the roster, where more than one reading is possible."""

import pytest

from grader.lms.canvas.evidence import FEW
from grader.lms.canvas.names import choose
from grader.lms.people import Person
from tests.lms.canvas.test_names import JANE, chosen


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


def test_one_display_name_changes_nothing_for_a_class() -> None:
    """All file names begin with a student's id, and one student has another's display name."""
    files = [f"{'abcde'[n]}_200{n}_900{n}_31255100{n}_hw.zip" for n in range(1, FEW + 2)]
    found = choose([*files, "b_5_2009_9009_312551009_hw.zip"], ())
    assert [found[each].reading.user for each in files] == ["2001", "2002", "2003", "2004"]


def test_the_roster_says_who_is_there() -> None:
    """By Canvas's numbers; and an attachment is no student's id."""
    roster = (Person(id="B1", lms="canvas", lms_id="2004"), Person(id="9004"))
    assert chosen("team_1_2004_9004_B4.zip", people=roster[:1]) == ("2004", "B4.zip", None)
    assert chosen("a_2004_9000_9004_hw.zip", people=roster[1:]) == ("2004", "9004_hw.zip", None)


def test_a_stranger_takes_nobodys_place_by_a_display_name() -> None:
    """The display name `x_2003` is no other user's, although only that user is on the roster."""
    people = (
        Person(lms="canvas", lms_id="2001", name="Jane Doe"),
        Person(lms="canvas", lms_id="2003", name="Li Wei"),
    )
    _, _, review = chosen("x_2003_8888_9009_B9.zip", JANE, people=people)
    assert review is not None
    known = chosen("weili_2003_8888_9009_B9.zip", JANE, people=people)
    assert known == ("2003", "9009_B9.zip", None)
