"""What a person decides on a hand-in's page, other than points: the cards, and the request."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from grader import text
from grader.evidence import ids
from grader.marks.decisions import COVER, HAND_IN, LOOKED_AT, NONE, subject_of
from grader.marks.not_a_copy import SIMILAR
from grader.marks.rules import LONGEST_COMMENT, tidy
from grader.report.class_row import class_row
from grader.results.choice import case_of, file_of
from grader.text import storable
from grader.types import Decision, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A choice that the page offers; `facts` tell a hand-in from the others."""

    choice: str
    label: str
    facts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCard:
    """One thing to decide, or decided: its words, its choices and its history, oldest first.

    `seen` is a hash of `case`: a request names it, so that nobody decides on something else than
    they saw. `decision` is the one that holds, None while it is open.
    """

    subject: str
    case: str
    words: str
    options: tuple[Option, ...]
    history: tuple[Decision, ...]

    @property
    def seen(self) -> str:
        """The hash of the case, for the page."""
        return hashlib.sha256(self.case.encode()).hexdigest()[:16]

    @property
    def version(self) -> int:
        """The newest version, on which a new decision is based; 0 if there is none."""
        return self.history[-1].version if self.history else 0

    @property
    def decision(self) -> Decision | None:
        """The decision that holds for this case, None if there is none or it was withdrawn."""
        newest = self.history[-1] if self.history else None
        holds = newest is not None and newest.case == self.case and newest.choice != NONE
        return newest if holds else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRequest:
    """A decision as the page sends it, to be saved after version `expected`."""

    key: str
    subject: str
    seen: str
    choice: str
    comment: str
    expected: int


def decision_cards(
    report: Report, hand_ins: Sequence[Report], history: Sequence[Decision]
) -> tuple[DecisionCard, ...]:
    """The cards of a person: the choice among `hand_ins`, open reviews, then settled ones.

    `hand_ins` are all of the person's, empty if there is only one; `history` are all decisions on
    the person, the oldest first.
    """
    found = [_choice(hand_ins, history)] if hand_ins else []
    open_ = [each for each in report.grade.review if not each.startswith(f"{ids.CHOICE}: ")]
    cases = [storable(each) for each in open_]
    found += [_review(case, history) for case in cases]
    settled = dict.fromkeys(
        each.case
        for each in history
        if each.subject not in (HAND_IN, COVER) and each.case not in cases
        if not each.subject.startswith(f"{SIMILAR} ")  # the page of the two hand-ins has it
    )
    cards = (_review(case, history) for case in settled)
    return (*found, *(each for each in cards if each.decision is not None))


def decision_request(document: object) -> DecisionRequest:
    """Validate the JSON `document`. Raises `ValueError` if it does not have the right form."""
    names = ("student", "subject", "seen", "choice", "comment")
    if not isinstance(document, dict) or document.keys() != {*names, "expected"}:
        raise ValueError
    if not all(isinstance(document[name], str) for name in names):
        raise ValueError
    if type(document["expected"]) is not int:
        raise ValueError
    return DecisionRequest(
        key=document["student"],
        subject=document["subject"],
        seen=document["seen"],
        choice=document["choice"],
        comment=tidy(document["comment"]),
        expected=document["expected"],
    )


def refusal(sent: DecisionRequest, cards: Sequence[DecisionCard]) -> str | None:
    """The reason to refuse a request, None if it is valid for one of `cards`."""
    card = next((each for each in cards if each.subject == sent.subject), None)
    if card is None or card.seen != sent.seen:
        return "The hand-in has changed: load the page again."
    if sent.choice != NONE and sent.choice not in {each.choice for each in card.options}:
        return "There is no such choice."
    if len(sent.comment) > LONGEST_COMMENT:
        return f"The comment is longer than {LONGEST_COMMENT:,} characters."
    return None


def _choice(hand_ins: Sequence[Report], history: Sequence[Decision]) -> DecisionCard:
    return DecisionCard(
        subject=HAND_IN,
        case=case_of(hand_ins),
        words=f"{len(hand_ins)} hand-ins have this id. Which one counts?",
        options=tuple(_option(each) for each in hand_ins),
        history=_of(HAND_IN, history),
    )


def _option(hand_in: Report) -> Option:
    row = class_row(hand_in)
    facts = [row.word]
    if row.mflops is not None:
        facts.append(f"{text.mflops(row.mflops)} MFLOPs")
    if row.accuracy is not None:
        facts.append(text.percent(row.accuracy.value))
    came = hand_in.submission.handed_in
    if came is not None and came.submitted_at:
        facts.append(came.submitted_at.replace("T", " "))
    facts.append(f"SHA-256 {hand_in.submission.sha256[:12]}")
    return Option(
        choice=hand_in.submission.sha256,
        label=file_of(hand_in.submission),
        facts=", ".join(facts),
    )


def _review(case: str, history: Sequence[Decision]) -> DecisionCard:
    subject = subject_of(case)
    return DecisionCard(
        subject=subject,
        case=case,
        words=case,
        options=(Option(choice=LOOKED_AT, label="Looked at"),),
        history=_of(subject, history),
    )


def _of(subject: str, history: Sequence[Decision]) -> tuple[Decision, ...]:
    return tuple(each for each in history if each.subject == subject)
