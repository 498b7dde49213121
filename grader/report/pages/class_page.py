"""results/index.html: the class on one self-contained page."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from markupsafe import Markup

from grader.labs.spec import LabSpec
from grader.report.charts import drawing
from grader.report.class_row import ClassRow, class_rows, counts, pending_points
from grader.report.pages.kinds import pages_of
from grader.report.pages.rubric import histograms
from grader.report.pages.template import environment, policy, style
from grader.types import Grade, Report, Status

STUDENTS_NAMED = 8
FIRST_ROWS = 100  # of a table; a browser needs seconds to draw thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentPages:
    """The paths of one student's pages, relative to the class's page; empty if there is no page."""

    feedback: str = ""
    notebook: str = ""

    @property
    def feedback_address(self) -> str:
        """The URL of the feedback, for a link."""
        return quote(self.feedback, errors="surrogateescape")

    @property
    def notebook_address(self) -> str:
        """The URL of the notebook, for a link."""
        return quote(self.notebook, errors="surrogateescape")


@dataclass(frozen=True, slots=True, kw_only=True)
class LateAndMissing:
    """The number of late hand-ins and the missing students; None if unknown."""

    late: int | None = None
    missing: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason for a failed check, and the students whose hand-ins have it.

    `count` is the number of all of these students, `more` the number of those not in `students`.
    """

    check: str
    status: Status
    reason: str
    count: int
    students: tuple[str, ...]
    more: int


NO_PAGES: Mapping[str, StudentPages] = MappingProxyType({})
UNKNOWN = LateAndMissing()


def index(
    reports: Iterable[Report],
    lab: LabSpec,
    pages: Mapping[str, StudentPages] = NO_PAGES,
    late_and_missing: LateAndMissing = UNKNOWN,
) -> str:
    """Return the page as HTML: an overview of the class, its table, its charts and its problems.

    `pages` has the paths of each student's pages, by id.
    """
    rows = class_rows(reports)
    provenances = [row.report.provenance for row in rows]
    parts = pages_of(lab).of_class(rows, lab)
    # Markup is safe: the scripts contain nothing from a hand-in.
    table_script = Markup(environment().get_template("table.js").render())  # noqa: S704
    plot_script = Markup(drawing.script() if parts.specs else "")  # noqa: S704
    scripts = [each for each in (table_script if rows else "", plot_script) if each]
    return (
        environment()
        .get_template(pages_of(lab).class_template)
        .render(
            lab=lab,
            rows=rows,
            first_rows=FIRST_ROWS,
            parts=parts,
            pages=pages,
            no_pages=StudentPages(),
            overview=overview(rows, late_and_missing),
            missing=late_and_missing.missing or (),
            statuses=counts(rows),
            pending=pending_points(rows),
            questions=_questions(rows),
            histograms=histograms(rows, lab.items),
            problems=problems(rows),
            provenance=max(provenances, key=lambda each: each.graded_at, default=None),
            specs=parts.specs,
            style=style(),
            table_script=table_script,
            plot_script=plot_script,
            policy=policy(*scripts),
        )
    )


def overview(rows: Sequence[ClassRow], late_and_missing: LateAndMissing) -> dict[str, int]:
    """Return the number of hand-ins by their progress; one may be counted several times.

    All points of a `graded` hand-in are decided; a person must still mark a `pending` one.
    """
    grades = [row.report.grade for row in rows]
    found = {
        "submissions": len(rows),
        "graded": sum(_settled(each) for each in grades),
        "pending": sum(each.pending > 0 for each in grades),
        "needs review": sum(each.needs_review for each in grades),
    }
    if late_and_missing.late is not None:
        found["late"] = late_and_missing.late
    if late_and_missing.missing is not None:
        found["missing"] = len(late_and_missing.missing)
    return found


def _settled(grade: Grade) -> bool:
    return grade.total is not None and not grade.pending


def problems(rows: Sequence[ClassRow]) -> tuple[Problem, ...]:
    """Return the failures and errors, the most frequent first.

    Reasons that differ only in the student's id are the same problem.
    """
    found: defaultdict[tuple[str, Status, str], list[str]] = defaultdict(list)
    for row in rows:
        for each in row.report.measurements:
            if each.status in (Status.FAILED, Status.ERROR) and each.reason:
                reason = _of_anybody(each.reason, row.student)
                found[each.id, each.status, reason].append(row.student)
    commonest = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        Problem(
            check=check,
            status=status,
            reason=reason,
            count=len(students),
            students=tuple(students[:STUDENTS_NAMED]),
            more=max(0, len(students) - STUDENTS_NAMED),
        )
        for (check, status, reason), students in commonest
    )


def _of_anybody(reason: str, student: str) -> str:
    """Return the reason with `ID` in place of the student's id, where that is a whole word."""
    if not student:
        return reason
    return re.sub(rf"(?<!\w){re.escape(student)}(?!\w)", "ID", reason)


def _questions(rows: Sequence[ClassRow]) -> tuple[str, ...]:
    """Return the ids of all questions in the class's reports, in the lab's order."""
    asked = (
        question.id
        for row in rows
        for item in row.report.grade.items
        for question in item.questions
    )
    return tuple(dict.fromkeys(asked))
