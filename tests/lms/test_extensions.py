"""The extensions of a class."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.lms.extension_sheet import read_extensions
from grader.lms.extensions import Extensions, is_for, parse, render
from grader.lms.people import Person
from grader.types import Arrival, Extension, Member, Submission
from tests.lms.people_sheets import JANE, sheet

LAB = ("lab1", "prune-mobilenet-2024")


def extensions(folder: Path, text: str) -> Extensions:
    """The extensions in a sheet."""
    return Extensions.of(read_extensions(sheet(folder, text), "Asia/Taipei"))


def of(found: Extensions, student: str, lab: Sequence[str] = LAB) -> Extension | None:
    """The extension of a student who handed in B1.zip or so."""
    return found.extension(found.row(student, None), lab)


def test_a_line_is_for_its_lab_or_for_all(tmp_path: Path) -> None:
    """A lab is named by its id in the course or by its own name, in any case."""
    text = "ID,Lab,Days\nB1,LAB1,1\nB2,Prune-MobileNet-2024,2\nB3,,3\nB4,lab2,4\n"
    found = extensions(tmp_path, text)
    extended = [of(found, student) for student in ("B1", "B2", "B3", "B4", "B5")]
    days = [None if each is None else each.days for each in extended]
    assert days == [1, 2, 3, None, None]
    assert not is_for(found.lines[3], LAB)


def test_the_most_generous_of_several_lines_counts(tmp_path: Path) -> None:
    """The budget of the term is that of the person, whatever lab its line names."""
    text = (
        "ID,Lab,Days,Until,Grace days,Excuse\n"
        "B1,,1,2024-04-08,3,\nb1,lab1,2,2024-04-06,,\nB1,lab2,9,2025-01-01,5,ill\n"
    )
    found = of(extensions(tmp_path, text), "B1")
    assert found == Extension(
        days=2, until="2024-04-08T23:59:59+08:00", grace_budget=5, grace_left=5
    )


def test_earlier_labs_leave_less_of_the_budget(tmp_path: Path) -> None:
    """Never less than nothing, also if the budget was reduced meanwhile."""
    found = extensions(tmp_path, "ID,Grace days\nB1,3\n")
    row = found.row("B1", None)
    assert row is not None
    for used, left in ((0, 3), (2, 1), (5, 0)):
        extension = found.extension(row, LAB, {row: used})
        assert extension == Extension(grace_budget=3, grace_left=left)


@pytest.mark.parametrize(
    ("line", "known"),
    [("B1,,", True), (",Jane Doe,", True), (",,jane@x", True), ("B1,Ann Other,", False)],
)
def test_people_are_found_as_in_a_roster(tmp_path: Path, line: str, known: bool) -> None:
    """By id, name or address, unless another cell contradicts."""
    found = extensions(tmp_path, f"ID,Name,Email,Days\n{line},2\n")
    came = Arrival(lms="moodle", lms_id="101", name="Jane Doe", email="jane@x")
    assert (found.row("B1", came) is not None) is known


def test_a_group_has_the_extension_of_its_first_member_with_one(tmp_path: Path) -> None:
    """Whoever handed in."""
    found = extensions(tmp_path, "ID,Days\nB2,2\nB3,3\n")
    group = Arrival(members=(Member(id="B1"), Member(id="B2"), Member(id="B3")))
    extension = found.extension(found.row("B1", group), LAB)
    assert extension == Extension(days=2)


def test_who_is_not_in_the_class_is_shown(tmp_path: Path) -> None:
    """With the line; a person on the roster without a hand-in is in the class."""
    text = "ID,Lab,Days\nB1,,1\nB7,,1\nB2,lab9,x\nB3,lab2,1\n"
    found = extensions(tmp_path, text)
    people = [Person(id=id) for id in ("B1", "B2", "B3")]
    notes = found.notes(people, LAB, ("lab2",))
    assert sum("line 3" in note and "B7" in note for note in notes) == 1
    assert sum("lab9" in note for note in notes) == 1
    assert sum("“x”" in note for note in notes) == 1
    assert len(notes) == 3


def test_two_ways_to_write_one_person_are_not_mixed_up(tmp_path: Path) -> None:
    """A name that two lines share is not used: the second line is shown, not lost."""
    text = "ID,Name,Days\nB1,Sam Lee,1\nB2,Sam Lee,2\n,Sam Lee,3\n"
    found = extensions(tmp_path, text)
    people = [Person(id="B1", name="Sam Lee"), Person(id="B2", name="Sam Lee")]
    assert of(found, "B1") == Extension(days=1)
    assert of(found, "B2") == Extension(days=2)
    assert any("line 4" in note for note in found.notes(people, LAB))


def test_a_hand_in_gets_its_extension_or_loses_an_earlier_one(tmp_path: Path) -> None:
    """Where nothing is known about its arrival it has none."""
    found = extensions(tmp_path, "Name,Email,Days\nJane Doe,j@x,2\n")
    hand_in = Submission(id="B1", source=Path("B1.zip"), sha256="", handed_in=JANE)
    (extended,) = [found.extended(hand_in, LAB)]
    assert extended.handed_in is not None
    assert extended.handed_in.extension == Extension(days=2)
    nobody = Extensions.of(())
    assert nobody.extended(extended, LAB) == hand_in
    unknown = Submission(id="B1", source=Path("B1.zip"), sha256="")
    assert found.extended(unknown, LAB) == unknown


def test_what_is_unreadable_goes_with_the_hand_in(tmp_path: Path) -> None:
    """So that a person looks at it."""
    found = of(extensions(tmp_path, "ID,Days\nB1,soon\n"), "B1")
    assert found is not None
    assert "line 2" in str(found.unread)


def test_written_extensions_are_read_back(tmp_path: Path) -> None:
    """All lines, with what could not be read."""
    found = extensions(tmp_path, "ID,Name,Lab,Days,Grace days\nB1,李,lab1,2,\nB2,,,x,4\n")
    assert parse(render(found)) == found


def test_who_is_excused_and_handed_in_nothing(tmp_path: Path) -> None:
    """Of the people on the roster, for this lab."""
    text = "ID,Lab,Excuse\nB1,,ill\nB2,,ill\nB3,lab2,ill\nB4,lab1,no\n"
    found = extensions(tmp_path, text)
    roster = [Person(id=id) for id in ("B1", "B2", "B3", "B4")]
    hand_in = Submission(id="B1", source=Path("B1.zip"), sha256="")
    assert [each.id for each in found.excused_without(roster, [hand_in], LAB)] == ["B2"]
