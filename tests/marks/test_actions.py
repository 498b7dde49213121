from grader.marks.actions import MARK, ZEROS, last_action
from grader.marks.marking import give, zeros
from grader.marks.store import Marks
from tests.marks.targets import ALICE, BOB, target


def test_the_last_action_is_that_of_its_author(database: str) -> None:
    """With the versions that it saved; somebody without actions has none."""
    with Marks.open(database) as marks:
        give(marks.engine, target(), 1, "", ALICE)
        zeros(marks.engine, [target("B1", 1), target("B2")], "", BOB)
        hers, his = (last_action(marks.engine, each) for each in ("alice", "bob"))
        assert hers is not None
        assert (hers.kind, [(each.person, each.version) for each in hers.steps]) == (
            MARK, [("id:b1", 1)],
        )  # fmt: skip
        assert his is not None
        assert (his.kind, [(each.person, each.version) for each in his.steps]) == (
            ZEROS, [("id:b1", 2), ("id:b2", 1)],
        )  # fmt: skip
        assert last_action(marks.engine, "cho") is None
