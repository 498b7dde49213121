"""results/index.html: the class on one page that needs nothing beside itself."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from markupsafe import Markup

from grader import text
from grader.labs.spec import LabSpec
from grader.report.charts import drawing
from grader.report.charts import figures as charts
from grader.report.charts import score_plot as plot
from grader.report.pages.leaderboard import Place, leaders
from grader.report.pages.template import environment, policy, style
from grader.report.row import Row, counts, formula_heading, pending_points, rows
from grader.types import Grade, Report, Status

LEADERS = 10
STUDENTS_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentPages:
    """The places of one student's pages, from the class's; empty where there is none."""

    feedback: str = ""
    notebook: str = ""

    @property
    def feedback_address(self) -> str:
        """As a link has it."""
        return quote(self.feedback, errors="surrogateescape")

    @property
    def notebook_address(self) -> str:
        """As a link has it."""
        return quote(self.notebook, errors="surrogateescape")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Who handed in when, where that is known: None says that it is not."""

    late: int | None = None
    missing: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What went wrong in one way, and with whose hand-ins; `more` are not named."""

    check: str
    status: Status
    reason: str
    many: int
    students: tuple[str, ...]
    more: int


NO_PAGES: Mapping[str, StudentPages] = MappingProxyType({})
UNKNOWN = Attendance()


def index(
    reports: Iterable[Report],
    lab: LabSpec,
    pages: Mapping[str, StudentPages] = NO_PAGES,
    attendance: Attendance = UNKNOWN,
) -> str:
    """The page as HTML: the class at a glance, its table, its charts and what went wrong.

    `pages` has the places of each student's own pages, by id.
    """
    class_rows = rows(reports)
    provenances = [row.report.provenance for row in class_rows]
    specs = _specs(class_rows, lab)
    # Markup, because none has anything of a hand-in in it.
    table_script = Markup(environment().get_template("table.js").render())  # noqa: S704
    plot_script = Markup(drawing.script() if specs else "")  # noqa: S704
    scripts = [each for each in (table_script if class_rows else "", plot_script) if each]
    return (
        environment()
        .get_template("index.html")
        .render(
            lab=lab,
            rows=class_rows,
            formula=formula_heading(class_rows),
            pages=pages,
            no_pages=StudentPages(),
            glance=glance(class_rows, attendance),
            missing=attendance.missing or (),
            verdicts=counts(class_rows),
            pending=pending_points(class_rows),
            questions=_questions(class_rows),
            troubles=troubles(class_rows),
            leaders=_leaders(class_rows),
            provenance=max(provenances, key=lambda each: each.graded_at, default=None),
            sampled=any(each.data_images < lab.accuracy.images for each in provenances),
            levels=[text.whole(level) for level in plot.levels(lab.score)],
            specs=specs,
            drawn=len(plot.measured(class_rows, lab)),
            style=style(),
            table_script=table_script,
            plot_script=plot_script,
            policy=policy(*scripts),
        )
    )


def glance(class_rows: Sequence[Row], attendance: Attendance) -> dict[str, int]:
    """How many hand-ins there are and how far they are; one may be counted in several ways.

    `graded` has all of its points settled, `pending` waits for a person to mark some.
    """
    grades = [row.report.grade for row in class_rows]
    found = {
        "submissions": len(class_rows),
        "graded": sum(_settled(each) for each in grades),
        "pending": sum(each.pending > 0 for each in grades),
        "needs review": sum(each.needs_review for each in grades),
    }
    if attendance.late is not None:
        found["late"] = attendance.late
    if attendance.missing is not None:
        found["missing"] = len(attendance.missing)
    return found


def _settled(grade: Grade) -> bool:
    return grade.total is not None and not grade.pending


def troubles(class_rows: Sequence[Row]) -> tuple[Trouble, ...]:
    """What failed, the commonest first: equal but for the student's own id."""
    found: defaultdict[tuple[str, Status, str], list[str]] = defaultdict(list)
    for row in class_rows:
        for each in row.report.measurements:
            if each.status in (Status.FAILED, Status.ERROR) and each.reason:
                reason = _of_anybody(each.reason, row.student)
                found[each.id, each.status, reason].append(row.student)
    commonest = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        Trouble(
            check=check,
            status=status,
            reason=reason,
            many=len(students),
            students=tuple(students[:STUDENTS_NAMED]),
            more=max(0, len(students) - STUDENTS_NAMED),
        )
        for (check, status, reason), students in commonest
    )


def _of_anybody(reason: str, student: str) -> str:
    """The reason without the student's own id, where that stands as a word of its own."""
    if not student:
        return reason
    return re.sub(rf"(?<!\w){re.escape(student)}(?!\w)", "ID", reason)


def _specs(class_rows: Sequence[Row], lab: LabSpec) -> dict[str, drawing.Spec]:
    """The charts that have anything to show, by the id of their place; one alone is no class."""
    drawn = {"plot": plot.spec(class_rows, lab)}
    if len(class_rows) > 1:
        drawn |= _of_many(class_rows)
    return {name: spec for name, spec in drawn.items() if spec is not None}


def _of_many(class_rows: Sequence[Row]) -> dict[str, drawing.Spec | None]:
    return {
        "distribution": charts.distribution(class_rows),
        "latency": charts.latencies(class_rows),
        "faults": charts.faults(class_rows),
    }


def _questions(class_rows: Sequence[Row]) -> tuple[str, ...]:
    """The ids of all questions that anybody was asked, in the lab's order."""
    asked = (
        question.id
        for row in class_rows
        for item in row.report.grade.items
        for question in item.questions
    )
    return tuple(dict.fromkeys(asked))


def _leaders(class_rows: Sequence[Row]) -> tuple[Place, ...]:
    return tuple(each for each in leaders(class_rows) if each.place <= LEADERS)
