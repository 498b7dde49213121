"""The decisions in the database."""

from dataclasses import replace

import pytest

from grader.marks.decision_store import Overtaken, decisions_of, newest_decisions, save_decision
from grader.marks.store import Marks
from grader.types import Decision

FIRST = Decision(
    person="id:b1", student="B1", subject="intake.layout", case="why", choice="looked at",
    comment="fine\x00", author="alice", at="now", version=1,
)  # fmt: skip


def test_every_version_is_kept(database: str) -> None:
    """The newest counts, and all are the history."""
    with Marks.open(database) as marks:
        first = save_decision(marks.engine, FIRST, 0)
        second = save_decision(marks.engine, replace(FIRST, choice="", author="bob"), 1)
        assert first.comment == "fine\\x00"
        assert second.version == 2
        assert newest_decisions(marks.engine) == {"id:b1": {"intake.layout": second}}
        assert decisions_of(marks.engine, "id:b1") == (first, second)
        assert decisions_of(marks.engine, "id:b2") == ()


def test_who_decides_later_is_told(database: str) -> None:
    """The earlier decision stays."""
    with Marks.open(database) as marks:
        first = save_decision(marks.engine, FIRST, 0)
        with pytest.raises(Overtaken) as caught:
            save_decision(marks.engine, replace(FIRST, author="bob"), 0)
        assert caught.value.current == first
        assert decisions_of(marks.engine, "id:b1") == (first,)
