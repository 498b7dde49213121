from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.lms.brightspace.download import moment, owner, read
from tests.lms.downloads import BOTH_WAYS, Made, as_zip, by_id, import_downloads, student_zip
from tests.lms.listings import listing

JANE = "397063-2557369 - Mary-Ann Doe - Sep 24, 2024 926 PM"
LI = "397064-2557369 - Li - Wei - Sep 24, 2024 926 PM"


@BOTH_WAYS
@pytest.mark.parametrize("around", ["", "Lab 2 Download Sep 26, 2024 1012 AM/"])
def test_brightspace(tmp_path: Path, made: Made, around: str) -> None:
    """Each folder is a student; index.html is Brightspace's own."""
    files = {
        f"{around}index.html": b"<html>",
        f"{around}{JANE}/B1.zip": student_zip("B1"),
        f"{around}{LI}/B2.zip": student_zip("B2"),
    }
    taken = import_downloads(made(tmp_path, files), tmp_path / "out")
    found = by_id(taken)
    assert set(found) == {"B1", "B2"}
    jane, li = (taken.handed_in[found[id].absolute()] for id in ("B1", "B2"))
    assert (jane.lms, jane.lms_id, jane.name) == ("brightspace", "397063", "Mary-Ann Doe")
    assert (li.lms_id, li.name, li.place) == ("397064", "Li - Wei", f"{LI}/")
    assert not any("index.html" in note for note in taken.notes)


@BOTH_WAYS
def test_the_latest_folder_of_a_student_counts(tmp_path: Path, made: Made) -> None:
    """Whatever the names of its files; the clock has 12 hours and no colon."""
    morning = LI.replace("926 PM", "1111 AM")
    files = {
        f"{JANE}/hw.zip": student_zip("B1"),
        f"{LI}/final.zip": student_zip("B2", b"new"),
        f"{morning}/hw.zip": student_zip("B2", b"old"),
    }
    taken = import_downloads(made(tmp_path, files), tmp_path / "out")
    assert set(by_id(taken)) == {"hw", "final"}
    assert taken.handed_in[by_id(taken)["final"].absolute()].superseded == ("hw.zip",)


def test_students_of_one_number_are_told_apart(tmp_path: Path) -> None:
    """Some sites write the number of the course."""
    same = LI.replace("397064", "397063")
    files = {f"{JANE}/hw.zip": student_zip("B1"), f"{same}/hw.zip": student_zip("B2")}
    taken = import_downloads(as_zip(tmp_path, files), tmp_path / "out")
    numbers = {who.lms_id for who in taken.handed_in.values()}
    assert numbers == {"397063 Mary-Ann Doe", "397063 Li - Wei"}


@pytest.mark.parametrize(
    ("when", "sorts_as"),
    [
        ("Sep 24, 2024 926 PM", "2024-09-24 21:26"),
        ("Sep 24, 2024 111 AM", "2024-09-24 01:11"),
        ("Sep 24, 2024 1111 AM", "2024-09-24 11:11"),
        ("Sep 24, 2024 1205 AM", "2024-09-24 00:05"),
        ("24 September, 2024 2126", "2024-09-24 21:26"),
        ("24 sept. 2024 2126", "24 sept. 2024 2126"),
        ("long ago 1999", "long ago 1999"),
    ],
)
def test_a_time_in_a_folders_name(when: str, sorts_as: str) -> None:
    """Unknown forms stay as they are."""
    assert moment(when) == sorts_as


@pytest.mark.parametrize("name", ["B1/x.zip", "1 - Jane - Sep 24, 2024/x", f"{JANE}.zip"])
def test_other_names_are_not_brightspaces(name: str) -> None:
    """Two numbers, a name and a date are needed."""
    assert owner(name) is None


NUMBERS = ("397063", "397064", "397065")
PART = st.sampled_from([*NUMBERS, " - ", "-", "_", "Sep 24, 2024 926 PM", "2557369", "Doe", "/x"])
NAME = st.lists(PART.filter(lambda part: "/" not in part), min_size=1, max_size=5).map("".join)
FILE = st.lists(PART, max_size=5).map("".join)


@given(st.lists(st.tuples(NAME, FILE), min_size=1, max_size=len(NUMBERS)))
def test_nobody_is_read_as_another(hand_ins: list[tuple[str, str]]) -> None:
    """Whatever names and file names students have: number and name are the student's."""
    right = {
        f"{number}-2557369 - {name} - Sep 25, 2024 1000 AM/f{file}{number}.zip": (number, name)
        for number, (name, file) in zip(NUMBERS, hand_ins, strict=False)
    }
    for student in read(listing(*right)).students:
        found = (student.who.lms_id, student.who.name)
        assert {right[file.member] for file in student.files} == {found}


def test_two_students_of_one_name_are_for_a_person() -> None:
    """Where the number is the course's, the later folder is not simply a hand-in of the same."""
    at = ("Sep 24, 2024 926 PM", "Sep 24, 2024 930 PM")
    names = (*(f"7-8 - Wei Chen - {when}/hw.zip" for when in at), f"7-8 - Li Wei - {at[0]}/hw.zip")
    chen, li = sorted(read(listing(*names)).students, key=lambda each: each.who.name != "Wei Chen")
    assert chen.who.review is not None
    assert all(when in chen.who.review for when in at)
    assert li.who.review is None
