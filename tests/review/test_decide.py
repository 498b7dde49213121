"""The cards of what a person decides, and the requests."""

from dataclasses import replace

import pytest

from grader.evidence import ids
from grader.marks.decisions import HAND_IN, LOOKED_AT, subject_of
from grader.results.choice import case_of
from grader.review.decide import (
    DecisionCard,
    DecisionRequest,
    decision_cards,
    decision_request,
    refusal,
)
from grader.types import Decision, Report
from tests.report.examples import passed

WHY = "intake.layout: two notebooks"
CHOICE = f"{ids.CHOICE}: 2 hand-ins have this id."
SENT = {
    "student": "key", "subject": HAND_IN, "seen": "x", "choice": "aa", "comment": " so\x00 ",
    "expected": 0,
}  # fmt: skip


def hand_in(sha256: str, *review: str) -> Report:
    """A hand-in of B1 with reasons for a review."""
    one = passed("B1", 44.0, 9300, 0.4)
    submission = replace(one.submission, sha256=sha256)
    graded = replace(one.grade, review=review, needs_review=bool(review))
    return replace(one, submission=submission, grade=graded)


def decision(subject: str, case: str, choice: str, version: int = 1) -> Decision:
    """Alice's decision."""
    return Decision(
        person="id:b1", student="B1", subject=subject, case=case, choice=choice, comment="fine",
        author="alice", at="now", version=version,
    )  # fmt: skip


def test_several_hand_ins_are_offered_with_their_facts() -> None:
    """The reason for the review is not a card of its own."""
    two = [hand_in("aa"), hand_in("bb")]
    (card,) = decision_cards(hand_in("", CHOICE), two, [])
    assert card.subject == HAND_IN
    assert card.case == case_of(two)
    assert [each.choice for each in card.options] == ["aa", "bb"]
    assert all("44.000000 MFLOPs" in each.facts for each in card.options)
    assert card.decision is None


def test_open_reviews_come_before_settled_ones() -> None:
    """A settled one can be taken back; a decision on other words than now does not count."""
    late = "deadline: its time is unknown"
    old = "intake.layout: three notebooks"
    history = [
        decision(subject_of(late), late, LOOKED_AT),
        decision(subject_of(old), old, ""),
    ]
    open_, settled = decision_cards(hand_in("aa", WHY), (), history)
    assert (open_.words, open_.decision, open_.version) == (WHY, None, 0)
    assert settled.words == late
    assert settled.decision == history[0]
    assert settled.version == 1


def test_a_request_names_what_its_author_saw() -> None:
    """Another case, an unknown subject or choice, and an endless comment are refused."""
    (card,) = decision_cards(hand_in("aa", WHY), (), [])
    sent = request(card)
    assert refusal(sent, [card]) is None
    assert refusal(replace(sent, choice=""), [card]) is None
    for wrong in (
        replace(sent, seen="other"),
        replace(sent, subject="other"),
        replace(sent, choice="other"),
        replace(sent, comment="x" * 5_000),
    ):
        assert refusal(wrong, [card])


def request(card: DecisionCard) -> DecisionRequest:
    """A request for the first choice of a card."""
    return DecisionRequest(
        key="key", subject=card.subject, seen=card.seen, choice=card.options[0].choice,
        comment="", expected=card.version,
    )  # fmt: skip


def test_the_form_of_a_request_is_checked() -> None:
    """Every field, its type, and no other field; the comment has no invisible characters."""
    assert decision_request(SENT).comment == "so"
    wrong_ones: tuple[object, ...] = (
        None,
        [],
        {**SENT, "more": 1},
        {**SENT, "expected": "0"},
        {**SENT, "expected": True},
        {**SENT, "choice": 3},
        {name: value for name, value in SENT.items() if name != "seen"},
    )
    for wrong in wrong_ones:
        with pytest.raises(ValueError):  # noqa: PT011 - it has no message
            decision_request(wrong)
