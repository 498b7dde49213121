"""The replies to a script that wants to save something."""

import json

import pytest

from grader.errors import GraderError
from grader.marks.decision_store import Overtaken
from grader.review.replies import refusal_to_decide, refused
from grader.types import Decision

DECISION = Decision(
    person="p", student="s", subject="cover", case="ab", choice="no name", comment="", author="ta",
    at="2026-01-01T00:00:00+00:00", version=1,
)  # fmt: skip


class Class:
    """A class whose store raises `fault`, if it is not None."""

    def __init__(self, fault: Exception | None) -> None:
        self.fault = fault
        self.saved: list[tuple[Decision, int]] = []

    def decide(self, decision: Decision, expected: int) -> None:
        """Save the decision."""
        if self.fault is not None:
            raise self.fault
        self.saved.append((decision, expected))


def test_a_refusal_has_its_reason_and_status() -> None:
    """A script shows the reason."""
    reply = refused("Give points.")
    assert (reply.status_code, json.loads(bytes(reply.body))) == (400, {"error": "Give points."})


def test_a_decision_that_is_saved_needs_no_reply() -> None:
    """It is saved after the version that the page had."""
    class_ = Class(None)
    assert refusal_to_decide(class_, DECISION, 3) is None  # type: ignore[arg-type]  # as a Classroom
    assert class_.saved == [(DECISION, 3)]


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Overtaken(DECISION), 409), (GraderError("The disk is full.", help="Free some."), 500)],
)
def test_a_decision_that_is_not_saved_gives_the_reason(fault: Exception, status: int) -> None:
    """Somebody was faster, or the store failed."""
    reply = refusal_to_decide(Class(fault), DECISION, 3)  # type: ignore[arg-type]  # as a Classroom
    assert reply is not None
    assert reply.status_code == status
    assert str(fault) in json.loads(bytes(reply.body))["error"]
