"""The list of remarks beside a card, and the change of a remark."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from grader.intake.person import person_of
from grader.marks.marking import Refused, add_remark, edit_remark
from grader.marks.remark_store import CountedRemark, RemarkChanged, counted_remarks
from grader.marks.remarks import Remark, signed
from grader.review.desk import Desk
from grader.review.mark_request import RemarkRequest, remark_request
from grader.review.replies import refused, saving, sentence
from grader.text import storable
from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkPages:
    """The remarks of one class."""

    desk: Desk
    templates: Environment

    def routes(self) -> list[Route]:
        """The routes of the lists, and of a new or changed remark."""
        return [
            Route("/remarks/{part}", self.page),
            Route("/remarks", saving(remark_request, self.save), methods=["POST"]),
        ]

    def page(self, request: Request) -> Response:
        """The list of the remarks of one part."""
        part = self.desk.part(request.path_params["part"])
        reports = self.desk.classroom.reports()
        return HTMLResponse(self.lists(reports)[part.id])

    def lists(self, reports: Sequence[Report]) -> dict[str, Markup]:
        """Return the list of remarks of each part, as HTML.

        With hidden ids, remarks that name a student are left out.
        """
        desk = self.desk
        people = {storable(person_of(each.submission)) for each in reports}
        found = counted_remarks(desk.classroom.marks.engine, people)
        template = self.templates.get_template("remarks.html")
        return {
            part.id: Markup(  # noqa: S704 - the template has escaped it
                template.render(part=part, remarks=self._shown(found.get(part.id, ()), reports))
            )
            for part in desk.cards.parts.values()
        }

    def save(self, sent: RemarkRequest) -> Response:
        """Save a new or changed remark; the answer has it, or the reason why it was not saved."""
        desk, edit, by = self.desk, sent.edit, self.desk.signature()
        part, engine = desk.part(sent.part, 400), desk.classroom.marks.engine
        try:
            if not edit.id:
                remark = add_remark(engine, part, edit.words, edit.points, by)
                return JSONResponse({"id": remark.id, "version": remark.version, "said": ""})
            changed = edit_remark(engine, part, edit, by)
        except Refused as wrong:
            return refused(sentence(str(wrong)))
        except RemarkChanged as newer:
            return JSONResponse(_conflict(newer.current), status_code=409)
        desk.saved()
        said = f"Saved the remark. Marks that have changed: {len(changed)}."
        return JSONResponse({"id": edit.id, "version": edit.expected + 1, "said": said})

    def _shown(
        self, remarks: Sequence[CountedRemark], reports: Sequence[Report]
    ) -> list[CountedRemark]:
        names = self.desk.names
        return [
            each
            for each in remarks
            if not names.anonymous
            or not any(names.names(report, each.remark.words) for report in reports)
        ]


def _conflict(current: Remark) -> dict[str, object]:
    """Return the newer remark of somebody else, for the form that was not saved."""
    what = f"“{current.words}”, {signed(current.points)}" if current.words else "removed"
    return {
        "error": f"{current.author} has meanwhile changed this remark to: {what}. "
        "Yours is not saved. Save again to replace it with yours.",
        "version": current.version,
    }
