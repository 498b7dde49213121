import pytest

from grader.intake.person import person_with
from grader.marks.actions import last_action
from grader.marks.marking import Edit, Toggle, add_remark, edit_remark, give, toggle, zeros
from grader.marks.remark_store import bases_of_all, newest_remarks
from grader.marks.remarks import Remark
from grader.marks.rules import Signature
from grader.marks.store import Marks
from grader.marks.undo import NotUndone, Undone, undo
from grader.types import Mark
from tests.marks.targets import ALICE, BOB, PART, target

PARTS = {PART.id: PART}


def last(marks: Marks, by: Signature = ALICE) -> str:
    """The id of the last action that can be undone."""
    action = last_action(marks.engine, by.author)
    assert action is not None
    return action.id


def undone(marks: Marks, by: Signature = ALICE) -> Undone:
    """Undo the last action."""
    return undo(marks.engine, last(marks, by), PARTS, by)


def given(marks: Marks, remark: Remark, student: str, expected: int = 0) -> Mark:
    """Give a remark to a student."""
    wish = Toggle(remark=remark.id, version=remark.version, on=True)
    return toggle(marks.engine, target(student, expected), wish, ALICE)


def points(marks: Marks, student: str = "B1") -> float | None:
    """The newest points of a student for question 1.1."""
    return marks.of(person_with(student))["1.1"].points


def test_one_mark_after_the_other_is_undone(database: str) -> None:
    """To the first, also after the database was opened again; each undo is a version."""
    with Marks.open(database) as marks:
        give(marks.engine, target(), 1, "first", ALICE)
        give(marks.engine, target(expected=1), 2, "second", ALICE)
        give(marks.engine, target("B2"), 3, "", ALICE)
    with Marks.open(database) as marks:
        assert undone(marks).marks[0].student == "B2"
        assert points(marks, "B2") is None
        (back,) = undone(marks).marks
        assert (back.points, back.comment, back.version) == (1, "first", 3)
        undone(marks)
        assert points(marks) is None
        assert last_action(marks.engine, "alice") is None
        assert len(marks.history(person_with("B1"), "1.1")) == 4


def test_a_mark_after_an_undo_is_undone_too(database: str) -> None:
    """The state before it is the one that the first undo restored."""
    with Marks.open(database) as marks:
        give(marks.engine, target(), 1, "", ALICE)
        give(marks.engine, target(expected=1), 2, "", ALICE)
        undone(marks)
        give(marks.engine, target(expected=3), 3, "", ALICE)
        undone(marks)
        assert points(marks) == 1
        undone(marks)
        assert points(marks) is None


def test_an_undo_after_somebody_elses_mark_is_refused(database: str) -> None:
    """Their mark is told, and nothing is changed; theirs can be undone by them."""
    with Marks.open(database) as marks:
        give(marks.engine, target(), 1, "", ALICE)
        theirs = give(marks.engine, target(expected=1), 2, "why", BOB)
        with pytest.raises(NotUndone) as told:
            undone(marks)
        assert told.value.newer == theirs
        assert points(marks) == 2
        undone(marks, BOB)
        assert points(marks) == 1
        undone(marks)
        assert points(marks) is None


def test_an_undo_of_another_action_than_the_last_is_refused(database: str) -> None:
    """Two windows of one TA: the second has marked something since."""
    with Marks.open(database) as marks:
        give(marks.engine, target(), 1, "", ALICE)
        seen = last(marks)
        give(marks.engine, target("B2"), 2, "", ALICE)
        with pytest.raises(NotUndone) as told:
            undo(marks.engine, seen, PARTS, ALICE)
        assert told.value.newer is None
        assert told.value.last is not None
        assert told.value.last.steps[0].person == person_with("B2")
        assert (points(marks), points(marks, "B2")) == (1, 2)


def test_zeros_are_undone_together_or_not_at_all(database: str) -> None:
    """A later mark of one of them by somebody else prevents all."""
    with Marks.open(database) as marks:
        zeros(marks.engine, [target("B1"), target("B2")], "", ALICE)
        undone(marks)
        assert (points(marks), points(marks, "B2")) == (None, None)
        zeros(marks.engine, [target("B1", 2), target("B2", 2)], "", ALICE)
        give(marks.engine, target("B2", 3), 1, "", BOB)
        with pytest.raises(NotUndone):
            undone(marks)
        assert (points(marks), points(marks, "B2")) == (0, 1)


def test_a_changed_remark_is_undone_with_its_marks(database: str) -> None:
    """Also twice, and not after somebody else's change of the remark."""
    with Marks.open(database) as marks:
        remark = add_remark(marks.engine, PART, "unclear", -1, ALICE)
        given(marks, remark, "B1")
        given(marks, remark, "B2")
        for version, off in ((1, -2.0), (2, -3.0)):
            edit = Edit(id=remark.id, words="new", points=off, expected=version)
            edit_remark(marks.engine, PART, edit, ALICE)
        assert points(marks) == 0
        assert len(undone(marks).marks) == 2
        assert points(marks) == 1
        undone(marks)
        now = newest_remarks(marks.engine)[remark.id]
        assert (now.words, now.points, now.version) == ("unclear", -1, 5)
        assert (points(marks), points(marks, "B2")) == (2, 2)
        mine = Edit(id=remark.id, words="mine", points=-2, expected=5)
        edit_remark(marks.engine, PART, mine, ALICE)
        his = Edit(id=remark.id, words="his", points=-2.5, expected=6)
        edit_remark(marks.engine, PART, his, BOB)
        with pytest.raises(NotUndone) as told:
            undone(marks)
        assert told.value.newer is not None
        assert told.value.newer.author == "bob"


def test_a_restored_remark_counts_as_it_is_now(database: str) -> None:
    """It was changed while the student did not have it."""
    with Marks.open(database) as marks:
        remark = add_remark(marks.engine, PART, "unclear", -1, ALICE)
        given(marks, remark, "B1")
        off = Toggle(remark=remark.id, version=1, on=False)
        toggle(marks.engine, target(expected=1), off, ALICE)
        edit_remark(marks.engine, PART, Edit(id=remark.id, words="x", points=-2, expected=1), BOB)
        undone(marks)
        assert points(marks) == 1
        assert bases_of_all(marks.engine)[person_with("B1"), "1.1"].remarks == (remark.id,)
