import pytest
from sqlalchemy.orm import Session

from grader.errors import GraderError
from grader.marks.database import in_turn
from grader.marks.mark_rows import Conflict, add_mark, as_kept, newest_mark
from grader.marks.store import Marks
from grader.types import Mark


def mark(points: float) -> Mark:
    """A mark of B1."""
    return Mark(
        person="id:b1", student="B1", part="1.1", points=points, comment="a\0b", author="a", at="",
        version=0,
    )  # fmt: skip


def test_a_version_follows_the_newest(database: str) -> None:
    """A version that is too old is a conflict; one that does not exist cannot be followed."""

    def work(session: Session) -> Mark | None:
        assert newest_mark(session, "id:b1", "1.1") is None
        with pytest.raises(GraderError):
            add_mark(session, as_kept(mark(1), 4), 3)
        add_mark(session, as_kept(mark(1), 1), 0)
        with pytest.raises(Conflict) as told:
            add_mark(session, as_kept(mark(2), 1), 0)
        assert told.value.current.points == 1
        add_mark(session, as_kept(mark(2), 2), 1)
        return newest_mark(session, "id:b1", "1.1")

    with Marks.open(database) as marks:
        newest = in_turn(marks.engine, work)
    assert newest == as_kept(mark(2), 2)
    assert "\0" not in newest.comment
