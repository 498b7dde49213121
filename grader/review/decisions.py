"""Saves the decisions that a student's page sends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from grader.intake.person import person_of
from grader.report.check_names import names_of
from grader.review.classroom import Classroom
from grader.review.decide import (
    DecisionCard,
    DecisionRequest,
    decision_cards,
    decision_request,
    refusal,
)
from grader.review.names import Names
from grader.review.replies import refusal_to_decide, refused
from grader.review.writer import Writer
from grader.types import Decision, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The decisions of one class, by the TA `author`; `report` returns a student's by key."""

    classroom: Classroom
    author: str
    names: Names
    writer: Writer | None
    report: Callable[[str], Report]

    def cards(self, report: Report) -> tuple[DecisionCard, ...]:
        """The cards of a student's page."""
        class_ = self.classroom
        found = decision_cards(report, class_.several(report), class_.decisions(report))
        known = names_of(report, class_.lab)
        return tuple(replace(each, words=_titled(each.words, known)) for each in found)

    async def save(self, request: Request) -> Response:
        """Save a decision; the answer is empty, or the reason why it was not saved."""
        try:
            sent = decision_request(await request.json())
        except (ValueError, RecursionError, ClientDisconnect):
            return refused("The request is not a decision.", 400)
        return await run_in_threadpool(self._save, sent)

    def _save(self, sent: DecisionRequest) -> Response:
        report = self.report(sent.key)
        cards = self.cards(report)
        if wrong := refusal(sent, cards):
            return refused(wrong, 409)
        decision = Decision(
            person=person_of(report.submission),
            student=report.submission.id,
            subject=sent.subject,
            case=next(each.case for each in cards if each.subject == sent.subject),
            choice=sent.choice,
            comment=self.names.reveal(report, sent.comment),
            author=self.author,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            version=sent.expected + 1,
        )
        if unsaved := refusal_to_decide(self.classroom, decision, sent.expected):
            return unsaved
        if self.writer is not None:
            self.writer.ask()
        return JSONResponse({})


def _titled(words: str, known: Mapping[str, str]) -> str:
    """Return the words with the title of what they are about, if it is known, before them."""
    id, between, rest = words.partition(": ")
    return f"{known[id]}: {rest}" if between and id in known else words
