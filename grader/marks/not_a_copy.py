"""The decision that two similar hand-ins are no copies: "looked at: not a copy".

It is kept for the first of the two people, by their keys, and holds for the two hand-ins that were
looked at: after a new hand-in of either, the pair is open again.
"""

import hashlib

from grader.intake.person import person_of
from grader.marks.decisions import Given, decision_of
from grader.text import storable
from grader.types import Decision, Submission

NOT_A_COPY = "not a copy"
SIMILAR = "similar"  # the first word of the subject; the pages of one student do not show it


def in_order(one: Submission, other: Submission) -> tuple[Submission, Submission]:
    """Return the two by their people's keys: the decision is kept for the first."""
    first, second = sorted((one, other), key=lambda each: storable(person_of(each)))
    return first, second


def pair_subject(one: Submission, other: Submission) -> str:
    """Return the subject of the decision on two hand-ins, in any order."""
    _, second = in_order(one, other)
    digits = hashlib.sha256(storable(person_of(second)).encode()).hexdigest()[:16]
    return f"{SIMILAR} {digits}"


def pair_case(one: Submission, other: Submission) -> str:
    """Return what was looked at: the SHA-256 of both hand-ins."""
    first, second = in_order(one, other)
    return f"{first.sha256} {second.sha256}"


def looked_at(given: Given, one: Submission, other: Submission) -> Decision | None:
    """Return the decision that the two are no copies; None if nobody has made it."""
    first, _ = in_order(one, other)
    return decision_of(given, person_of(first), pair_subject(one, other), pair_case(one, other))


def words_of(decision: Decision) -> str:
    """Return who decided and when, with the comment."""
    comment = f" ({decision.comment})" if decision.comment else ""
    return f"looked at by {decision.author}, {decision.at[:10]}: not a copy{comment}"
