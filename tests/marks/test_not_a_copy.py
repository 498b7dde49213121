from dataclasses import replace

from grader.intake.person import person_of
from grader.marks.decisions import Given
from grader.marks.not_a_copy import (
    NOT_A_COPY,
    in_order,
    looked_at,
    pair_case,
    pair_subject,
    words_of,
)
from grader.text import storable
from grader.types import Decision, Submission
from tests.report.examples import passed

ONE = passed("B1", 44.0, 9300, 0.4).submission
OTHER = passed("B2", 50.0, 9200, 0.4).submission


def decided(one: Submission, other: Submission, choice: str = NOT_A_COPY) -> Given:
    """Somebody's decision on these two."""
    first, _ = in_order(one, other)
    decision = Decision(
        person=person_of(first),
        student=first.id,
        subject=pair_subject(one, other),
        case=pair_case(one, other),
        choice=choice,
        comment="Both used the lecture's words.",
        author="ta",
        at="2024-04-05T09:12:44+08:00",
        version=1,
    )
    return Given(decisions={storable(person_of(first)): {decision.subject: decision}})


def test_a_decision_holds_for_the_pair_in_any_order() -> None:
    """It says who decided and when."""
    for given in (decided(ONE, OTHER), decided(OTHER, ONE)):
        for pair in ((ONE, OTHER), (OTHER, ONE)):
            found = looked_at(given, *pair)
            assert found is not None
            assert words_of(found) == (
                "looked at by ta, 2024-04-05: not a copy (Both used the lecture's words.)"
            )


def test_another_pair_and_a_new_hand_in_are_open() -> None:
    """So is a decision that was taken back."""
    given = decided(ONE, OTHER)
    third = passed("B3", 50.0, 9200, 0.4).submission
    assert looked_at(given, ONE, third) is None
    assert looked_at(given, third, OTHER) is None
    assert looked_at(given, ONE, replace(OTHER, sha256="0" * 64)) is None
    assert looked_at(decided(ONE, OTHER, choice=""), ONE, OTHER) is None
    assert looked_at(Given(), ONE, OTHER) is None
