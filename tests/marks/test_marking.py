import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from grader.intake.person import person_with
from grader.marks.mark_rows import Conflict
from grader.marks.marking import (
    Edit,
    Refused,
    Toggle,
    add_remark,
    edit_remark,
    give,
    toggle,
    zeros,
)
from grader.marks.remark_store import RemarkChanged, counted_remarks, newest_remarks
from grader.marks.remarks import Remark
from grader.marks.store import Marks
from tests.marks.targets import ALICE, BOB, PART, target


def on(remark: Remark, *, on: bool = True) -> Toggle:
    """The wish to give a remark."""
    return Toggle(remark=remark.id, version=remark.version, on=on)


def points(marks: Marks, student: str) -> float | None:
    """The newest points of a student for question 1.1."""
    return marks.of(person_with(student))["1.1"].points


def students(marks: Marks) -> dict[str, int]:
    """The number of students with each remark of question 1.1, by its words."""
    return {
        each.remark.words: each.students for each in counted_remarks(marks.engine).get("1.1", ())
    }


def test_a_remark_gives_points_and_a_comment(database: str) -> None:
    """Both are in the mark itself, so that every reader of marks has them."""
    with Marks.open(database) as marks:
        off = add_remark(marks.engine, PART, "forgets the bias", -1, ALICE)
        saved = toggle(marks.engine, target(), on(off), ALICE)
        assert (saved.points, saved.author, saved.version) == (2, "alice", 1)
        assert "forgets the bias" in saved.comment
        more = give(marks.engine, target(expected=1), 2, "see page 3", BOB)
        assert more.points == 2
        assert more.comment.splitlines()[-1] == "see page 3"
        assert "forgets the bias" in more.comment
        assert students(marks) == {"forgets the bias": 1}
        without = toggle(marks.engine, target(expected=2), on(off, on=False), ALICE)
        assert (without.points, without.comment) == (None, "see page 3")
        assert students(marks) == {"forgets the bias": 0}


def test_typed_points_are_changed_by_a_remark_and_come_back(database: str) -> None:
    """A remark counts from points that were typed before it."""
    with Marks.open(database) as marks:
        off = add_remark(marks.engine, PART, "unclear", -0.5, ALICE)
        give(marks.engine, target(), 2, "", ALICE)
        assert toggle(marks.engine, target(expected=1), on(off), ALICE).points == 1.5
        assert toggle(marks.engine, target(expected=2), on(off, on=False), ALICE).points == 2


def test_a_changed_remark_changes_everyone_who_has_it(database: str) -> None:
    """Nobody else; a mark that was cut to 0 is made again from its remarks."""
    with Marks.open(database) as marks:
        off = add_remark(marks.engine, PART, "unclear", -1, ALICE)
        lots = add_remark(marks.engine, PART, "off topic", -3, ALICE)
        for student in ("B1", "B2", "B3"):
            toggle(marks.engine, target(student), on(off), ALICE)
        toggle(marks.engine, target("B2", 1), on(lots), ALICE)
        give(marks.engine, target("B4"), 1, "unclear", ALICE)
        toggle(marks.engine, target("B3", 1), on(off, on=False), ALICE)
        edit = Edit(id=off.id, words="not clear", points=-0.5, expected=1)
        changed = edit_remark(marks.engine, PART, edit, BOB)
        assert {each.student for each in changed} == {"B1", "B2"}
        assert {each.author for each in changed} == {"bob"}
        assert [points(marks, each) for each in ("B1", "B2", "B3", "B4")] == [2.5, 0, None, 1]
        now = newest_remarks(marks.engine)[off.id]
        assert (now.words, now.points, now.version, now.author) == ("not clear", -0.5, 2, "bob")
        edit_remark(marks.engine, PART, Edit(id=lots.id, words="x", points=-1, expected=1), BOB)
        assert points(marks, "B2") == 1.5
        assert students(marks) == {"not clear": 2, "x": 1}


def test_a_remark_changed_by_two_at_once(database: str) -> None:
    """The second is told the newer version, and nothing is changed; so is a stale toggle."""
    with Marks.open(database) as marks:
        off = add_remark(marks.engine, PART, "unclear", -1, ALICE)
        toggle(marks.engine, target(), on(off), ALICE)
        hers = Edit(id=off.id, words="hers", points=-2, expected=1)
        edit_remark(marks.engine, PART, hers, ALICE)
        with pytest.raises(RemarkChanged) as told:
            edit_remark(marks.engine, PART, replace(hers, words="his"), BOB)
        assert told.value.current.words == "hers"
        with pytest.raises(RemarkChanged):
            toggle(marks.engine, target("B2"), on(off), BOB)
        assert points(marks, "B1") == 1
        assert marks.of(person_with("B2")) == {}


def test_only_a_remark_of_nobody_is_removed(database: str) -> None:
    """It leaves the list, and cannot be given any more."""
    with Marks.open(database) as marks:
        off = add_remark(marks.engine, PART, "unclear", -1, ALICE)
        toggle(marks.engine, target(), on(off), ALICE)
        gone = Edit(id=off.id, words="", points=0, expected=1)
        with pytest.raises(Refused):
            edit_remark(marks.engine, PART, gone, ALICE)
        toggle(marks.engine, target(expected=1), on(off, on=False), ALICE)
        edit_remark(marks.engine, PART, gone, ALICE)
        assert students(marks) == {}
        add_remark(marks.engine, PART, "unclear", -1, ALICE)
        with pytest.raises(Refused):
            add_remark(marks.engine, PART, "unclear", -1, BOB)


def test_a_machine_part_counts_from_the_machine(database: str) -> None:
    """Its comment has the reason; without the remark the machine's points count again."""
    with Marks.open(database) as marks:
        off = add_remark(marks.engine, PART, "copied", -1, ALICE)
        assert toggle(marks.engine, target(machine=2.5), on(off), ALICE).points == 1.5
        back = toggle(marks.engine, target(machine=2.5, expected=1), on(off, on=False), ALICE)
        assert back.points is None
        with pytest.raises(Refused):
            give(marks.engine, target("B2", machine=2.5), 1, "", ALICE)
        with pytest.raises(Refused):
            give(marks.engine, target("B2"), 3.5, "", ALICE)


def test_zeros_are_all_or_none(database: str) -> None:
    """A newer mark of one answer prevents all of them."""
    with Marks.open(database) as marks:
        give(marks.engine, target("B2"), 1, "", BOB)
        with pytest.raises(Conflict):
            zeros(marks.engine, [target("B1"), target("B2")], "no answer", ALICE)
        assert marks.of(person_with("B1")) == {}
        saved = zeros(marks.engine, [target("B1"), target("B3")], "no answer", ALICE)
        assert [(each.points, each.comment) for each in saved] == [(0, "no answer")] * 2


def test_a_mark_of_an_older_grader_keeps_the_words(database: str) -> None:
    """It has no remarks any more, and its whole comment is text; a later edit leaves it alone."""
    with Marks.open(database) as marks:
        off = add_remark(marks.engine, PART, "unclear", -1, ALICE)
        first = toggle(marks.engine, target(), on(off), ALICE)
        marks.save(replace(first, points=1, author="old"), 1)
        edit = Edit(id=off.id, words="not clear", points=-2, expected=1)
        assert edit_remark(marks.engine, PART, edit, BOB) == ()
        assert points(marks, "B1") == 1
        assert marks.of(person_with("B1"))["1.1"].comment == first.comment
        assert students(marks) == {"not clear": 0}


def test_marks_and_edits_at_the_same_time_agree(database: str) -> None:
    """Whatever comes first: in the end everybody has the newest points of the remark."""
    with Marks.open(database) as marks:
        off = add_remark(marks.engine, PART, "unclear", -1, ALICE)

        def mark(student: str) -> None:
            for _ in range(8):
                newest = newest_remarks(marks.engine)[off.id]
                try:
                    toggle(marks.engine, target(student), on(newest), ALICE)
                    return
                except RemarkChanged:
                    continue

        def edit(number: int) -> None:
            newest = newest_remarks(marks.engine)[off.id]
            new = Edit(id=off.id, words=f"{number}", points=-2, expected=newest.version)
            with suppress(RemarkChanged):
                edit_remark(marks.engine, PART, new, BOB)

        threads = [threading.Thread(target=mark, args=(f"B{each}",)) for each in range(6)]
        threads += [threading.Thread(target=edit, args=(each,)) for each in range(3)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        newest = newest_remarks(marks.engine)[off.id]
        current = marks.current().values()
        assert {each.points for each in current} == {3 + newest.points}
        assert all(newest.words in each.comment for each in current)
