"""0 points for everything that is not there: the list to look at first, and saving it."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from grader.marks.mark_rows import Conflict
from grader.marks.marking import Refused, zeros
from grader.marks.store import all_marks
from grader.review.desk import Desk
from grader.review.mark_request import ZerosRequest, zeros_request
from grader.review.not_there import KINDS, Absent, not_there, seen
from grader.review.replies import refused, saving, sentence

CHANGED = "Meanwhile something has changed. Nothing was saved: look at the list again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Zeros:
    """The answers of one class that are not there."""

    desk: Desk
    templates: Environment

    def routes(self) -> list[Route]:
        """The routes of the list, and of the zeros."""
        return [
            Route("/zeros", self.page),
            Route("/zeros", saving(zeros_request, self.save), methods=["POST"]),
        ]

    def page(self, request: Request) -> Response:
        """The list for one student, `?student=KEY`, or for the class."""
        key = request.query_params.get("student", "")
        found = self._found(key)
        by_kind = {kind: [each for each in found if each.kind == kind] for kind in KINDS}
        html = self.templates.get_template("zeros.html").render(
            key=key,
            by_kind={kind: _by_student(each, self.desk) for kind, each in by_kind.items() if each},
            counts={kind: len(each) for kind, each in by_kind.items()},
            words=KINDS,
            seen=seen(found),
        )
        return HTMLResponse(html)

    def save(self, sent: ZerosRequest) -> Response:
        """Give the zeros, all or none; the answer is their number, or the reason against them."""
        found = self._found(sent.key)
        if seen(found) != sent.seen:
            return refused(CHANGED, 409)
        chosen = [each for each in found if each.kind in sent.kinds]
        if not chosen:
            return refused("Nothing is chosen.")
        targets = [self.desk.target(each.report, each.part, each.version) for each in chosen]
        engine = self.desk.classroom.marks.engine
        try:
            saved = zeros(engine, targets, sent.comment, self.desk.signature())
        except Refused as wrong:
            return refused(sentence(str(wrong)))
        except Conflict:
            return refused(CHANGED, 409)
        self.desk.saved()
        return JSONResponse({"said": f"Zeros given: {len(saved)}."})

    def _found(self, key: str) -> Sequence[Absent]:
        desk = self.desk
        reports = [desk.report(key)] if key else desk.in_order()
        marks = all_marks(desk.classroom.marks)
        return [each for report in reports for each in not_there(report, desk.classroom.lab, marks)]


def _by_student(found: Sequence[Absent], desk: Desk) -> dict[str, tuple[str, list[str]]]:
    """Return the name and the parts of each student, by key."""
    listed: dict[str, tuple[str, list[str]]] = {}
    for each in found:
        student = each.report.submission.id
        name = desk.names.shown(student)
        listed.setdefault(desk.names.key(student), (name, []))[1].append(each.part.id)
    return listed
