"""What people decide about a hand-in, other than points."""

from dataclasses import replace

import pytest

from grader.marks.decisions import LOOKED_AT, Given, settled, subject_of
from grader.types import Decision, Report
from tests.report.examples import passed

WHY = "intake.layout: two notebooks"
LATE = "deadline: its time is unknown"


def to_review() -> Report:
    """A report with two reasons for a review."""
    one = passed("B1", 44.0, 9300, 0.4)
    return replace(one, grade=replace(one.grade, needs_review=True, review=(WHY, LATE)))


def looked_at(reason: str, choice: str = LOOKED_AT, person: str = "id:b1") -> Given:
    """Somebody has looked at a reason."""
    subject = subject_of(reason)
    decision = Decision(
        person=person, student="B1", subject=subject, case=reason, choice=choice,
        comment="fine", author="alice", at="now", version=1,
    )  # fmt: skip
    return Given(decisions={person: {subject: decision}})


def test_a_settled_review_leaves_the_report() -> None:
    """The other reason stays; without any the hand-in needs no review."""
    first = settled(to_review(), looked_at(WHY))
    assert first.grade.review == (LATE,)
    assert first.grade.needs_review
    both = settled(first, looked_at(LATE))
    assert both.grade.review == ()
    assert not both.grade.needs_review
    assert both.grade.total == to_review().grade.total


@pytest.mark.parametrize(
    "given",
    [
        Given(),
        looked_at("intake.layout: three notebooks"),  # another reason than the present one
        looked_at(WHY, choice=""),  # withdrawn
        looked_at(WHY, person="id:b2"),
    ],
)
def test_it_stays_if_nobody_has_settled_it(given: Given) -> None:
    """A decision is on one reason of one person."""
    assert settled(to_review(), given) == to_review()
