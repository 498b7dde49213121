"""The review pages: the class, a student, a question of all students; and saving a mark."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from grader import text
from grader.errors import GraderError
from grader.intake.person import person_of
from grader.labs.write_up_lab import WriteUpLab
from grader.marks.mark_rows import Conflict
from grader.marks.rules import Part, graded_part, machine_points, objection, parts
from grader.notebook.prompts import prompts
from grader.report.pages.template import templates
from grader.results.folder import PAGES
from grader.review.assets import asset
from grader.review.cards import (
    FILTERS,
    Attempt,
    Card,
    Setting,
    StudentCard,
    card,
    cards,
    checks,
    student_card,
)
from grader.review.classroom import Classroom
from grader.review.decisions import Decisions
from grader.review.drawn_pages import DrawnPages
from grader.review.mark_request import MarkRequest, mark_request
from grader.review.names import Names
from grader.review.notebooks import Notebooks
from grader.review.replies import refused
from grader.review.similar_pages import SimilarPages
from grader.review.write_ups import WriteUps
from grader.review.writer import Writer
from grader.text import storable
from grader.types import Mark, Report


class Review:
    """The pages of one class, for the TA `author`."""

    def __init__(
        self, classroom: Classroom, author: str, names: Names, writer: Writer | None = None
    ) -> None:
        self._class = classroom
        self._author = author
        self._names = names
        self._writer = writer
        self._decisions = Decisions(
            classroom=classroom, author=author, names=names, writer=writer, report=self._report
        )
        self._shared = Setting(lab=classroom.lab, names=names, prompts=prompts(classroom.lab))
        self._students: dict[str, str] = {}
        self._html: dict[tuple[str, str], tuple[Report, tuple[Mark, ...], Markup]] = {}
        self._templates = templates("grader.review", {"counted": _counted, "short": _short})
        self._notebooks = Notebooks(pages=classroom.out / PAGES, names=names, report=self._report)
        self._write_ups = WriteUps(
            classroom=classroom,
            author=author,
            names=names,
            templates=self._templates,
            drawn=DrawnPages(classroom.out / PAGES),
            report=self._report,
        )
        self._similar = SimilarPages(
            classroom=classroom,
            author=author,
            names=names,
            templates=self._templates,
            report=self._report,
        )

    @property
    def _setting(self) -> Setting:
        lab = self._class.lab
        if self._shared.lab is not lab:  # the class was scored by another lab file
            self._shared = Setting(lab=lab, names=self._names, prompts=prompts(lab))
        return self._shared

    @property
    def _parts(self) -> Mapping[str, Part]:
        return {each.id: each for each in parts(self._class.lab)}

    def routes(self) -> list[Route]:
        """The routes of the pages."""
        return [
            Route("/", self.overview),
            Route("/student/{key}", self.student),
            Route("/question/{part}", self.question),
            Route("/notebook/{key}", self._notebooks.page),
            Route("/marks", self.save, methods=["POST"]),
            Route("/decisions", self._decisions.save, methods=["POST"]),
            *self._write_ups.routes(),
            *self._similar.routes(),
            Route("/static/{name}", asset),
            Route("/favicon.ico", _no_icon),
        ]

    def overview(self, request: Request) -> Response:
        """The class as a table, and the questions with the number of unmarked answers."""
        filter_ = request.query_params.get("show", "")
        search = request.query_params.get("search", "")
        reports = self._class.reports()
        students = self._student_cards(reports)
        pending = {
            part.id: sum(graded_part(each.grade, part).earned is None for each in reports)
            for part in self._parts.values()
        }
        return self._page(
            "class.html",
            students=[each for each in students if each.is_one_of(filter_, search)],
            counts={name: sum(each.is_one_of(name, "") for each in students) for name in FILTERS},
            filters=FILTERS,
            filter=filter_ if filter_ in FILTERS else "",
            search=search,
            parts=self._parts.values(),
            pending=pending,
        )

    def student(self, request: Request) -> Response:
        """One hand-in: its measurements, and every question to mark."""
        reports = self._class.reports()
        students = self._student_cards(reports)
        keys = [each.key for each in students]
        key = request.path_params["key"]
        if key not in keys:
            raise HTTPException(404, "There is no such student in this session.")
        position = keys.index(key)
        report = self._report(key)
        histories = self._class.marks.histories(person_of(report.submission))
        return self._page(
            "student.html",
            student=students[position],
            before=students[position - 1] if position else None,
            after=students[position + 1] if position + 1 < len(students) else None,
            cards=cards(report, histories, self._setting),
            decisions=self._decisions.cards(report),
            hide=partial(self._names.hide, report),
            checks=list(checks(report, self._names)),
            comments=self._comments(reports),
        )

    def question(self, request: Request) -> Response:
        """One question of all students, for consistent marks."""
        part = self._parts.get(request.path_params["part"])
        if part is None:
            raise HTTPException(404, "There is no such question.")
        ids = list(self._parts)
        position = ids.index(part.id)
        reports = self._class.reports()
        in_order = sorted(reports, key=lambda each: self._names.shown(_id(each)))
        histories = self._class.marks.all_histories(part.id)
        return self._page(
            "question.html",
            part=part,
            prompt=self._setting.prompts.get(part.id, ""),
            before=ids[position - 1] if position else None,
            after=ids[position + 1] if position + 1 < len(ids) else None,
            unmarked=sum(graded_part(each.grade, part).earned is None for each in reports),
            cards=[
                self._rendered(each, part, histories.get(_person(each), ())) for each in in_order
            ],
            comments=self._comments(reports),
        )

    async def save(self, request: Request) -> Response:
        """Save a mark; the answer is the new card, or the reason why the mark was not saved."""
        try:
            sent = mark_request(await request.json())
        except (ValueError, RecursionError, ClientDisconnect):
            return refused("The request is not a mark.")
        return await run_in_threadpool(self._save, sent)

    def _save(self, sent: MarkRequest) -> Response:
        part = self._parts.get(sent.part)
        report = self._report(sent.key)
        if part is None:
            return refused("There is no such question.")
        if sent.points is None and not sent.comment and not sent.expected:
            return refused("Give points or a comment.")
        machine = machine_points(report, self._class.lab, part)
        comment = self._names.reveal(report, sent.comment)
        wrong = objection(part, sent.points, comment, machine)
        if wrong:
            return refused(wrong[0].upper() + wrong[1:] + ".")
        mark = Mark(
            person=person_of(report.submission),
            student=report.submission.id,
            part=part.id,
            points=sent.points,
            comment=comment,
            author=self._author,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            version=sent.expected + 1,
        )
        try:
            self._class.save(mark, sent.expected)
        except Conflict as conflict:
            newer = conflict.current
            newer = replace(newer, comment=self._names.hide(report, newer.comment))
            attempt = Attempt(points=sent.points, comment=sent.comment, newer=newer)
            return self._answer(sent, part, attempt, status=409)
        except GraderError as error:
            return refused(f"{error} {error.help or ''}", status=500)
        if self._writer is not None:
            self._writer.ask()
        return self._answer(sent, part, None)

    def _answer(
        self, sent: MarkRequest, part: Part, attempt: Attempt | None, status: int = 200
    ) -> Response:
        report = self._report(sent.key)
        history = self._class.marks.history(person_of(report.submission), part.id)
        shown = replace(self._card(report, part, history), attempt=attempt)
        html = self._html_of(shown)
        standing = student_card(report, self._names).standing
        trouble = self._writer.trouble if self._writer is not None else ""
        note = trouble and f" But the files are not written: {trouble}"
        document = {"card": str(html), "key": sent.key, "standing": standing, "note": note}
        return JSONResponse(document, status_code=status)

    def _rendered(self, report: Report, part: Part, history: tuple[Mark, ...]) -> Markup:
        """The HTML of a card; it is made again only if the report or the history has changed."""
        key = (_id(report), part.id)
        known = self._html.get(key)
        if known is None or known[0] is not report or known[1] != history:
            html = self._html_of(self._card(report, part, history))
            known = self._html[key] = (report, history, html)
        return known[2]

    def _html_of(self, card_: Card) -> Markup:
        html = self._templates.get_template("card.html").module.card(card_)  # type: ignore[attr-defined]  # a macro
        return Markup(html)  # noqa: S704 - the template has escaped it

    def _card(self, report: Report, part: Part, history: tuple[Mark, ...]) -> Card:
        return card(report, part, history, self._setting)

    def _comments(self, reports: Sequence[Report]) -> dict[str, tuple[str, ...]]:
        """The comments to choose from, by part; with hidden ids, none that names a student."""
        found = self._class.marks.comments()
        return {
            part: tuple(
                each
                for each in found.get(part, ())
                if not self._names.anonymous
                or not any(self._names.names(one, each) for one in reports)
            )
            for part in self._parts
        }

    def _student_cards(self, reports: Iterable[Report]) -> list[StudentCard]:
        # Sorted by the shown name: the order of the ids would reveal who a pseudonym is.
        return sorted(
            (student_card(each, self._names) for each in reports), key=lambda each: each.name
        )

    def _report(self, key: str) -> Report:
        """The report of the student with this key; only this student is scored."""
        if key not in self._students:
            reports = self._class.reports()
            self._students = {self._names.key(_id(each)): _id(each) for each in reports}
        student = self._students.get(key)
        report = None if student is None else self._class.report(student)
        if report is None:
            raise HTTPException(404, "There is no such student in this session.")
        return report

    def _page(self, template: str, **shown: object) -> Response:
        common = {
            "lab": self._class.lab,
            "author": self._author,
            "anonymous": self._names.anonymous,
            "pane": "write-up" if isinstance(self._class.lab, WriteUpLab) else "notebook",
        }
        return HTMLResponse(self._templates.get_template(template).render(**common, **shown))


def application(
    classroom: Classroom, author: str, names: Names, writer: Writer | None = None
) -> Starlette:
    """The application without access control: the server wraps it in `Guard`.

    `writer` is asked to write the files after each mark; without one they are not written.
    """
    return Starlette(routes=Review(classroom, author, names, writer).routes())


def _id(report: Report) -> str:
    return report.submission.id


def _person(report: Report) -> str:
    return storable(person_of(report.submission))


def _no_icon(_: Request) -> Response:
    """Tell the browser, which asks for an icon by itself, that there is none."""
    return Response(status_code=204)


def _counted(points: float) -> str:
    return f"{text.whole(points)} point{'' if points == 1 else 's'}"


def _short(points: float) -> str:
    """Points with two decimals, whole points without: `8`, `37.49`."""
    return text.whole(points) if points == int(points) else text.points(points)
