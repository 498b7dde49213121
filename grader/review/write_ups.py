"""The write-up beside the cards: what was found, its pages, and what hides a name on them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from grader.errors import Fault, HarnessError
from grader.intake.person import person_of
from grader.marks.decisions import COVER
from grader.results.boards import kept_boards
from grader.review.classroom import Classroom
from grader.review.covers import (
    COVERED_PAGE,
    Cover,
    CoverRequest,
    cover_of,
    cover_request,
)
from grader.review.drawn_pages import DrawnPages
from grader.review.found import Found, found
from grader.review.names import Names
from grader.review.replies import refusal_to_decide, refused
from grader.types import Decision, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUps:
    """The write-ups of one class, for the TA `author`; `report` returns a student's by key."""

    classroom: Classroom
    author: str
    names: Names
    templates: Environment
    drawn: DrawnPages
    report: Callable[[str], Report]

    def routes(self) -> list[Route]:
        """The routes of the pane, of a page's drawing, and of a cover."""
        return [
            Route("/write-up/{key}", self.pane),
            Route("/write-up/{key}/{number:int}.png", self.page),
            Route("/covers", self.save, methods=["POST"]),
        ]

    def pane(self, request: Request) -> Response:
        """The content of the pane beside the cards: what was found, without a page."""
        key = request.path_params["key"]
        report = self.report(key)
        shown = self._found(report)
        template = self.templates.get_template("write_up.html")
        html = template.render(
            key=key,
            found=shown,
            spots=json.dumps([each.json for each in shown.spots]),
            cover=self._cover(report, shown),
            anonymous=self.names.anonymous,
        )
        return HTMLResponse(html)

    def page(self, request: Request) -> Response:
        """A page of the PDF as PNG, the first one covered if ids are hidden.

        A first page for which nobody has decided what to cover needs `?uncovered=yes` then.
        """
        number = request.path_params["number"]
        report = self.report(request.path_params["key"])
        shown = self._found(report)
        if shown.sha256 is None or not 1 <= number <= shown.pages:
            raise HTTPException(404, "The write-up has no such page.")
        cover = None
        if self.names.anonymous and number == COVERED_PAGE:
            decided = self._cover(report, shown)
            uncovered = request.query_params.get("uncovered") == "yes"
            if not decided.choice and not uncovered:
                return PlainTextResponse("Nobody has covered the name yet.", status_code=409)
            cover = None if uncovered else decided.box
        try:
            picture = self.drawn.page(shown.sha256, number, cover)
        except Fault as fault:
            return PlainTextResponse(f"{fault} Look at this page in the PDF.", status_code=422)
        except HarnessError as error:
            return PlainTextResponse(f"Page {number} cannot be drawn: {error}", status_code=500)
        except FileNotFoundError:
            raise HTTPException(404, "The results do not have this PDF.") from None
        return Response(picture, media_type="image/png")

    async def save(self, request: Request) -> Response:
        """Save what covers a name; the answer is empty, or the reason why it was not saved."""
        try:
            sent = cover_request(await request.json())
        except (ValueError, RecursionError, ClientDisconnect):
            return refused("The request is not a cover.", 400)
        return await run_in_threadpool(self._save, sent)

    def _save(self, sent: CoverRequest) -> Response:
        report = self.report(sent.key)
        sha256 = self._found(report).sha256
        if sha256 is None or sha256 != sent.seen:
            return refused("The hand-in has changed: load the page again.", 409)
        decision = Decision(
            person=person_of(report.submission),
            student=report.submission.id,
            subject=COVER,
            case=sha256,
            choice=sent.choice,
            comment="",
            author=self.author,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            version=sent.expected + 1,
        )
        wrong = refusal_to_decide(self.classroom, decision, sent.expected)
        return wrong or JSONResponse({})

    def _found(self, report: Report) -> Found:
        boards = kept_boards(self.classroom.out)
        shown = found(self.names.hidden(report), self.classroom.lab, boards)
        if shown is None:
            raise HTTPException(404, "The hand-ins of this lab are no write-ups.")
        return shown

    def _cover(self, report: Report, shown: Found) -> Cover:
        return cover_of(self.classroom.decisions(report), shown.sha256 or "")
