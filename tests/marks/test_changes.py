from grader.intake.person import person_with
from grader.marks.changes import Stamp, marks_since, stamp
from grader.marks.marking import add_remark, give
from grader.marks.store import Marks
from tests.marks.targets import ALICE, BOB, PART, target


def test_every_save_changes_the_stamp(database: str) -> None:
    """The marks since then are the newest of each part."""
    with Marks.open(database) as marks:
        assert stamp(marks.engine) == Stamp(marks=0, remarks=0, notes=0)
        give(marks.engine, target("B1"), 1, "", ALICE)
        give(marks.engine, target("B1", 1), 2, "", BOB)
        add_remark(marks.engine, PART, "unclear", -1, ALICE)
        now = stamp(marks.engine)
        assert (now.marks, now.remarks, now.notes) == (2, 1, 0)
        assert marks_since(marks.engine, now.marks) == {(person_with("B1"), "1.1"): 2}
