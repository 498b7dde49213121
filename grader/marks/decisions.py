"""Decisions of people that are not points: which hand-in counts, and which review is settled."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grader.intake.person import person_of
from grader.marks.rules import AllMarks
from grader.text import storable
from grader.types import Decision, Report

HAND_IN = "hand-in"  # the subject of a choice among several hand-ins of one person
COVER = "cover"  # the subject of what hides a name on the first page of a write-up
LOOKED_AT = "looked at"  # the choice that settles a review
NONE = ""  # the choice that withdraws an earlier one

# The newest decision, by person (as `storable`) and then by subject.
AllDecisions = Mapping[str, Mapping[str, Decision]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Everything that people gave a class: marks and decisions."""

    marks: AllMarks = field(default_factory=dict)
    decisions: AllDecisions = field(default_factory=dict)


def settled(report: Report, given: Given) -> Report:
    """Return `report` without the reasons for a review that somebody has looked at.

    A reason is settled as long as its words stay the same.
    """
    person = person_of(report.submission)
    review = tuple(
        reason
        for reason in report.grade.review
        if decision_of(given, person, subject_of(reason), storable(reason)) is None
    )
    if len(review) == len(report.grade.review):
        return report
    return replace(report, grade=replace(report.grade, review=review, needs_review=bool(review)))


def subject_of(reason: str) -> str:
    """Return the subject of a decision on this reason for a review.

    It begins with the id of what the reason is about; two reasons have different subjects.
    """
    digits = hashlib.sha256(storable(reason).encode()).hexdigest()[:8]
    return f"{reason.partition(': ')[0]} {digits}"


def decision_of(given: Given, person: str, subject: str, case: str) -> Decision | None:
    """Return the decision on `subject`; None if there is none for this `case` of it."""
    found = given.decisions.get(storable(person), {}).get(subject)
    return found if found is not None and found.choice and found.case == case else None
