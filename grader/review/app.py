"""The review pages: the class, a student, a question of all students."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from grader.intake.person import person_of
from grader.labs.write_up_lab import WriteUpLab
from grader.marks.changes import stamp
from grader.marks.notes import HAND_IN
from grader.marks.presence import Presences
from grader.marks.rules import graded_part
from grader.report.pages.template import templates
from grader.results.folder import PAGES
from grader.review.assets import asset
from grader.review.cards import FILTERS, StudentCard, checks, student_card
from grader.review.classroom import Classroom
from grader.review.decisions import Decisions
from grader.review.desk import Desk
from grader.review.drawn_pages import DrawnPages
from grader.review.live import Live
from grader.review.names import Names
from grader.review.notebooks import Notebooks
from grader.review.remark_pages import RemarkPages
from grader.review.saving import Saving
from grader.review.shown_cards import ShownCards
from grader.review.similar_pages import SimilarPages
from grader.review.template_filters import TEMPLATE_FILTERS
from grader.review.undoing import Undoing
from grader.review.write_ups import WriteUps
from grader.review.writer import Writer
from grader.review.zeros import Zeros
from grader.text import storable
from grader.types import Report


class Review:
    """The pages of one class, for the TA `author`."""

    def __init__(
        self, classroom: Classroom, author: str, names: Names, writer: Writer | None = None
    ) -> None:
        self._class = classroom
        self._author = author
        self._names = names
        self._templates = templates("grader.review", TEMPLATE_FILTERS)
        self._cards = ShownCards(classroom, names, self._templates)
        self._desk = Desk(
            classroom=classroom,
            author=author,
            names=names,
            cards=self._cards,
            report=self._report,
            writer=writer,
        )
        self._remarks = RemarkPages(desk=self._desk, templates=self._templates)
        self._decisions = Decisions(
            classroom=classroom, author=author, names=names, writer=writer, report=self._report
        )
        self._students: dict[str, str] = {}
        self._notebooks = Notebooks(
            pages=classroom.out / PAGES,
            names=names,
            report=self._report,
            lab=lambda: classroom.lab,
        )
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

    def routes(self) -> list[Route]:
        """The routes of the pages."""
        return [
            Route("/", self.overview),
            Route("/student/{key}", self.student),
            Route("/question/{part}", self.question),
            Route("/notebook/{key}", self._notebooks.page),
            Route("/decisions", self._decisions.save, methods=["POST"]),
            *self._saved_by_scripts(),
            *self._write_ups.routes(),
            *self._similar.routes(),
            Route("/static/{name}", asset),
            Route("/favicon.ico", _no_icon),
        ]

    def _saved_by_scripts(self) -> list[Route]:
        undoing = Undoing(desk=self._desk)
        presences = Presences(engine=self._class.marks.engine)
        return [
            *Saving(desk=self._desk).routes(),
            *self._remarks.routes(),
            *undoing.routes(),
            *Zeros(desk=self._desk, templates=self._templates).routes(),
            *Live(desk=self._desk, undoing=undoing, presences=presences).routes(),
        ]

    def overview(self, request: Request) -> Response:
        """The class as a table, and the questions with the number of unmarked answers."""
        marks = stamp(self._class.marks.engine).marks
        filter_ = request.query_params.get("show", "")
        search = request.query_params.get("search", "")
        reports = self._class.reports()
        students = self._student_cards(reports)
        pending = {
            part.id: sum(graded_part(each.grade, part).earned is None for each in reports)
            for part in self._cards.parts.values()
        }
        return self._page(
            "class.html",
            marks,
            students=[each for each in students if each.is_one_of(filter_, search)],
            counts={name: sum(each.is_one_of(name, "") for each in students) for name in FILTERS},
            filters=FILTERS,
            filter=filter_ if filter_ in FILTERS else "",
            search=search,
            parts=self._cards.parts.values(),
            pending=pending,
        )

    def student(self, request: Request) -> Response:
        """One hand-in: its measurements, and every question to mark."""
        marks = stamp(self._class.marks.engine).marks
        reports = self._class.reports()
        students = self._student_cards(reports)
        keys = [each.key for each in students]
        key = request.path_params["key"]
        if key not in keys:
            raise HTTPException(404, "There is no such student in this session.")
        position = keys.index(key)
        report = self._report(key)
        histories = self._class.marks.histories(person_of(report.submission))
        beside, decisions = self._cards.beside(), self._decisions.cards(report)
        note = beside.notes.get((_person(report), HAND_IN))
        return self._page(
            "student.html",
            marks,
            student=students[position],
            before=students[position - 1] if position else None,
            after=students[position + 1] if position + 1 < len(students) else None,
            cards=[
                self._cards.html(report, part, histories.get(part.id, ()), beside)
                for part in self._cards.parts.values()
            ],
            note=note and replace(note, words=self._names.hide(report, note.words)),
            remarks=self._remarks.lists(reports),
            decisions=decisions,
            reasons={self._names.hide(report, each.case) for each in decisions},
            hide=partial(self._names.hide, report),
            checks=list(checks(report, self._names)),
            comments=self._comments(reports),
        )

    def question(self, request: Request) -> Response:
        """One question of all students, for consistent marks."""
        marks = stamp(self._class.marks.engine).marks
        part = self._cards.parts.get(request.path_params["part"])
        if part is None:
            raise HTTPException(404, "There is no such question.")
        ids = list(self._cards.parts)
        position = ids.index(part.id)
        reports = self._class.reports()
        in_order = sorted(reports, key=lambda each: self._names.shown(_id(each)))
        histories = self._class.marks.all_histories(part.id)
        beside = self._cards.beside()
        return self._page(
            "question.html",
            marks,
            part=part,
            prompt=self._cards.setting.prompts.get(part.id, ""),
            remarks={part.id: self._remarks.lists(reports)[part.id]},
            before=ids[position - 1] if position else None,
            after=ids[position + 1] if position + 1 < len(ids) else None,
            unmarked=sum(graded_part(each.grade, part).earned is None for each in reports),
            cards=[
                self._cards.html(each, part, histories.get(_person(each), ()), beside)
                for each in in_order
            ],
            comments=self._comments(reports),
        )

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
            for part in self._cards.parts
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

    def _page(self, template: str, marks: int, **shown: object) -> Response:
        """Return a page; `marks` is the newest mark when its content was read, for the news."""
        common = {
            "lab": self._class.lab,
            "author": self._author,
            "anonymous": self._names.anonymous,
            "marks": marks,
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
