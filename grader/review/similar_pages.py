"""The pages of similar hand-ins: the list that `grader similar` kept, and two side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from grader.intake.person import person_of
from grader.marks.not_a_copy import NOT_A_COPY, in_order, pair_case, pair_subject
from grader.marks.rules import LONGEST_COMMENT, tidy
from grader.review.beside import Beside, Piece, Side, beside
from grader.review.classroom import Classroom
from grader.review.names import Names
from grader.review.replies import refusal_to_decide, refused
from grader.similarity.kept import KeptPair, kept_similar
from grader.similarity.listing import shared_by_the_class
from grader.types import Decision, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A listed pair: the students' keys and shown names, its evidence, the decision that holds."""

    keys: tuple[str, str]
    names: tuple[str, str]
    evidence: tuple[str, ...]
    decision: Decision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRequest:
    """A decision on two students as the page sends it, to be saved after version `expected`."""

    keys: tuple[str, str]
    seen: str
    choice: str
    comment: str
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarPages:
    """The pages of one class, for the TA `author`; `report` returns a student's by key."""

    classroom: Classroom
    author: str
    names: Names
    templates: Environment
    report: Callable[[str], Report]

    def routes(self) -> list[Route]:
        """The routes of the list, of a pair, and of a decision."""
        return [
            Route("/similar", self.overview),
            Route("/similar/{one}/{other}", self.pair),
            Route("/similar", self.save, methods=["POST"]),
        ]

    def overview(self, _: Request) -> Response:
        """The pairs that nobody has looked at, the others, the groups, what the class shares."""
        kept = kept_similar(self.classroom.out)
        hand_ins = {each.submission.id: each for each in self.classroom.reports()}
        pairs = kept.pairs if kept else ()
        current = [each for each in pairs if _is_current(each, hand_ins)]
        rows = [self._row(each, hand_ins) for each in current]
        found = kept.listed if kept else None
        whole = found.whole if found else None
        return self._page(
            "similar.html",
            kept=kept,
            open=[each for each in rows if each.decision is None],
            settled=[each for each in rows if each.decision is not None],
            changed=len(pairs) - len(current),
            groups=[
                (self._links(each.students, hand_ins), each.evidence)
                for each in (found.groups if found else ())
            ],
            whole=shared_by_the_class(
                replace(whole, students=tuple(map(self.names.shown, whole.students)))
            )
            if whole
            else "",
        )

    def pair(self, request: Request) -> Response:
        """Two hand-ins side by side, with the evidence and the decision."""
        keys = (request.path_params["one"], request.path_params["other"])
        if keys[0] == keys[1]:
            raise HTTPException(404, "Choose two students.")
        one, other = map(self.report, keys)
        history = self._history(one, other)
        shown = beside(self.names.hidden(one), self.names.hidden(other), self.classroom.lab)
        students = (one.submission.id, other.submission.id)
        return self._page(
            "pair.html",
            keys=keys,
            names=tuple(map(self.names.shown, students)),
            evidence=self._evidence(one, other),
            beside=self._without_names(shown, one, other),
            seen=pair_case(one.submission, other.submission),
            history=history,
            decision=_holding(history, one, other),
            hide=lambda words: self._hide(words, one, other),
            choice=NOT_A_COPY,
            longest=LONGEST_COMMENT,
        )

    async def save(self, request: Request) -> Response:
        """Save a decision; the answer is empty, or the reason why it was not saved."""
        try:
            sent = decision_request(await request.json())
        except (ValueError, RecursionError, ClientDisconnect):
            return refused("The request is not a decision.", 400)
        return await run_in_threadpool(self._save, sent)

    def _save(self, sent: DecisionRequest) -> Response:
        one, other = map(self.report, sent.keys)
        hand_ins = one.submission, other.submission
        if person_of(hand_ins[0]) == person_of(hand_ins[1]):
            return refused("These are hand-ins of one student.", 409)
        if sent.seen != pair_case(*hand_ins):
            return refused("A hand-in has changed: load the page again.", 409)
        if len(sent.comment) > LONGEST_COMMENT:
            return refused(f"The comment is longer than {LONGEST_COMMENT:,} characters.")
        first, _ = in_order(*hand_ins)
        comment = self.names.reveal(other, self.names.reveal(one, sent.comment))
        decision = Decision(
            person=person_of(first),
            student=first.id,
            subject=pair_subject(*hand_ins),
            case=sent.seen,
            choice=sent.choice,
            comment=comment,
            author=self.author,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            version=sent.expected + 1,
        )
        unsaved = refusal_to_decide(self.classroom, decision, sent.expected)
        return unsaved or JSONResponse({})

    def _row(self, pair: KeptPair, hand_ins: dict[str, Report]) -> Row:
        one, other = (hand_ins[each] for each in pair.students)
        first, second = pair.students
        return Row(
            keys=(self.names.key(first), self.names.key(second)),
            names=(self.names.shown(first), self.names.shown(second)),
            evidence=pair.evidence,
            decision=_holding(self._history(one, other), one, other),
        )

    def _links(self, students: Sequence[str], hand_ins: dict[str, Report]) -> list[tuple[str, str]]:
        """Return the keys and shown names of the students who are still in the class.

        Sorted by the name: the order of the ids would reveal who a pseudonym is.
        """
        there = [each for each in students if each in hand_ins]
        links = [(self.names.key(each), self.names.shown(each)) for each in there]
        return sorted(links, key=lambda each: each[1])

    def _evidence(self, one: Report, other: Report) -> tuple[str, ...]:
        """Return the evidence of the list for these two; empty if it has none."""
        kept = kept_similar(self.classroom.out)
        wanted = {one.submission.id, other.submission.id}
        pairs = kept.pairs if kept else ()
        return next((each.evidence for each in pairs if set(each.students) == wanted), ())

    def _history(self, one: Report, other: Report) -> tuple[Decision, ...]:
        """Return all decisions on these two, the oldest first."""
        first, _ = in_order(one.submission, other.submission)
        subject = pair_subject(one.submission, other.submission)
        of_first = one if first is one.submission else other
        return tuple(each for each in self.classroom.decisions(of_first) if each.subject == subject)

    def _without_names(self, shown: Beside, one: Report, other: Report) -> Beside:
        """Return the texts without either student's name, if ids are hidden."""
        if not self.names.anonymous:
            return shown

        def hidden(side: Side) -> Side:
            pieces = tuple(
                Piece(words=self._hide(each.words, one, other), is_same=each.is_same)
                for each in side.pieces
            )
            return replace(side, pieces=pieces)

        texts = tuple(
            replace(each, one=hidden(each.one), other=hidden(each.other)) for each in shown.texts
        )
        return replace(shown, texts=texts)

    def _hide(self, words: str, one: Report, other: Report) -> str:
        return self.names.hide(other, self.names.hide(one, words))

    def _page(self, template: str, **shown: object) -> Response:
        html = self.templates.get_template(template).render(
            lab=self.classroom.lab,
            author=self.author,
            anonymous=self.names.anonymous,
            **shown,
        )
        return HTMLResponse(html)


def decision_request(document: object) -> DecisionRequest:
    """Validate the JSON `document`. Raises `ValueError` if it does not have the right form."""
    names = ("one", "other", "seen", "choice", "comment")
    if not isinstance(document, dict) or document.keys() != {*names, "expected"}:
        raise ValueError
    if not all(isinstance(document[name], str) for name in names):
        raise ValueError
    if type(document["expected"]) is not int or document["choice"] not in {NOT_A_COPY, ""}:
        raise ValueError
    return DecisionRequest(
        keys=(document["one"], document["other"]),
        seen=document["seen"],
        choice=document["choice"],
        comment=tidy(document["comment"]),
        expected=document["expected"],
    )


def _is_current(pair: KeptPair, hand_ins: dict[str, Report]) -> bool:
    """True if both students are in the class, with the hand-ins that were compared."""
    now = [hand_ins.get(each) for each in pair.students]
    return all(
        each is not None and each.submission.sha256 == sha256
        for each, sha256 in zip(now, pair.hand_ins, strict=True)
    )


def _holding(history: Sequence[Decision], one: Report, other: Report) -> Decision | None:
    """Return the newest decision, if it is on these hand-ins and was not taken back."""
    newest = history[-1] if history else None
    case = pair_case(one.submission, other.submission)
    holds = newest is not None and newest.choice == NOT_A_COPY and newest.case == case
    return newest if holds else None
