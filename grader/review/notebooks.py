"""A student's notebook in the pane beside the cards."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from grader.labs.spec import LabSpec
from grader.notebook.page import kept, page
from grader.report.notebook_links import question_links
from grader.review.cards import page_of
from grader.review.names import Names
from grader.types import Report

_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebooks:
    """The notebooks kept in the folder `pages`.

    `report` returns a student's by key, `lab` the lab of now.
    """

    pages: Path
    names: Names
    report: Callable[[str], Report]
    lab: Callable[[], LabSpec]

    def page(self, request: Request) -> Response:
        """A student's notebook, in a page that cannot run scripts."""
        report = self.report(request.path_params["key"])
        sha256 = page_of(report)
        body = kept(sha256, self.pages) if sha256 else None
        if body is None:
            raise HTTPException(404, "The results have no page of this notebook.")
        student = report.submission.id
        hidden = self.names.hide_in_html(report, body)
        links = question_links(report, self.lab())
        shown = page(hidden, f"{self.names.shown(student)}: notebook", links)
        return HTMLResponse(shown, headers=_HEADERS)
