from dataclasses import replace

import pytest

from grader.marks.imported import save_imported
from grader.marks.mark_rows import Conflict
from grader.marks.marking import Edit, Toggle, add_remark, edit_remark, toggle
from grader.marks.remark_store import bases_of_all
from grader.marks.store import Marks
from tests.marks.targets import ALICE, BOB, PART, target


@pytest.mark.parametrize(("comment", "kept"), [("{}\nsee me", True), ("rewritten", False)])
def test_a_sheet_keeps_the_remarks_whose_words_it_has(
    database: str, comment: str, *, kept: bool
) -> None:
    """Points from the sheet count, and a later change of the remark changes them."""
    with Marks.open(database) as marks:
        off = add_remark(marks.engine, PART, "unclear", -1, ALICE)
        first = toggle(marks.engine, target(), Toggle(remark=off.id, version=1, on=True), ALICE)
        new = replace(first, points=1, comment=comment.format(first.comment), author="bob")
        save_imported(marks.engine, [(new, 1)])
        assert (first.person, "1.1") in bases_of_all(marks.engine) or not kept
        edit_remark(
            marks.engine, PART, Edit(id=off.id, words="unclear", points=-0.5, expected=1), BOB
        )
        now = marks.of(first.person)["1.1"]
        assert now.points == (1.5 if kept else 1)
        assert now.comment.endswith("see me" if kept else "rewritten")


def test_a_sheet_is_saved_whole_or_not_at_all(database: str) -> None:
    """One mark with a newer version prevents the others."""
    with Marks.open(database) as marks:
        off = add_remark(marks.engine, PART, "unclear", -1, ALICE)
        wish = Toggle(remark=off.id, version=1, on=True)
        first = toggle(marks.engine, target(), wish, ALICE)
        other = replace(first, person="id:b2", student="B2")
        with pytest.raises(Conflict):
            save_imported(marks.engine, [(other, 0), (first, 0)])
        assert marks.of("id:b2") == {}
