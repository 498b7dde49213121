"""What happens in the class now: who marks what, the marks of others, what Undo would take back."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.intake.person import person_of
from grader.marks.changes import marks_since, stamp
from grader.marks.presence import Presence, Presences
from grader.review.desk import Desk
from grader.review.mark_request import LiveRequest, leave_request, live_request
from grader.review.next_pending import Place, next_pending
from grader.review.replies import saving
from grader.review.undoing import Undoing
from grader.types import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What a window asks for every few seconds."""

    desk: Desk
    undoing: Undoing
    presences: Presences

    def routes(self) -> list[Route]:
        """The routes of the news, of one card, and of the next pending answer."""
        return [
            Route("/live", saving(live_request, self.news), methods=["POST"]),
            Route("/leave", saving(leave_request, self.leave), methods=["POST"]),
            Route("/card/{key}/{part}", self.card),
            Route("/pending", self.pending),
        ]

    def news(self, sent: LiveRequest) -> Response:
        """Say where this window is; the answer says what is new."""
        desk = self.desk
        by_person = desk.classroom.people()
        self.presences.be(
            Presence(
                window=sent.window,
                author=desk.author,
                person=person_of(desk.report(sent.key).submission) if sent.key else "",
                part=sent.part if sent.part in desk.cards.parts else "",
            )
        )
        engine = desk.classroom.marks.engine
        now = stamp(engine)
        changed = marks_since(engine, sent.since) if now.marks != sent.since else {}
        document = {
            "others": [self._other(each, by_person) for each in self.presences.others(sent.window)],
            "undo": self.undoing.last(by_person),
            "marks": now.marks,
            "stamp": f"{now.marks}-{now.remarks}-{now.notes}",
            "changed": [
                [desk.names.key(by_person[person].id), part, version]
                for (person, part), version in changed.items()
                if person in by_person
            ],
        }
        return JSONResponse(document)

    def leave(self, window: str) -> Response:
        """Forget a window that was closed."""
        self.presences.leave(window)
        return JSONResponse({})

    def card(self, request: Request) -> Response:
        """One card as it is now, and the student's standing."""
        part = self.desk.part(request.path_params["part"])
        return self.desk.answer(request.path_params["key"], part)

    def pending(self, request: Request) -> Response:
        """The key and the part of the next pending answer after `?student=KEY&part=ID`, or empty.

        `?by=question` goes through all students of a question first.
        """
        desk, asked = self.desk, request.query_params
        reports = desk.in_order()
        keys = {desk.names.key(each.submission.id): each.submission.id for each in reports}
        student = keys.get(asked.get("student", ""))
        after = Place(student=student, part=asked.get("part", "")) if student else None
        parts = list(desk.cards.parts.values())
        found = next_pending(reports, parts, after, by_question=asked.get("by") == "question")
        if found is None:
            return JSONResponse({})
        return JSONResponse({"key": desk.names.key(found.student), "part": found.part})

    def _other(self, other: Presence, by_person: dict[str, Submission]) -> dict[str, str]:
        desk = self.desk
        hand_in = by_person.get(other.person)
        who = other.author
        if other.author == desk.author:
            who = f"{other.author} (another window)"
        name = "" if hand_in is None else desk.names.shown(hand_in.id)
        what = f"{other.part} of {name}" if name and other.part else name or other.part
        return {
            "who": who,
            "what": what or "the class",
            "key": "" if hand_in is None else desk.names.key(hand_in.id),
            "part": other.part,
        }
