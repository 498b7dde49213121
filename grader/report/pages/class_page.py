"""results/index.html: the class on one self-contained page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from markupsafe import Markup

from grader.labs.spec import LabSpec
from grader.report.charts import drawing
from grader.report.class_counts import ClassCounts
from grader.report.class_people import UNKNOWN, Absent, ClassPeople
from grader.report.class_row import ClassRow, class_rows, pending_points
from grader.report.local_time import in_zone
from grader.report.pages.kinds import pages_of
from grader.report.pages.rubric import histograms
from grader.report.pages.template import environment, policy, style
from grader.report.part_statistics import PartStatistics, part_statistics
from grader.report.problems import problems
from grader.scoring.grade import NO_NOTEBOOK
from grader.types import Report

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
class Line:
    """A line of the class's table: a hand-in, or a student on the roster without one.

    `row` is None without a hand-in; then `absence` is `absent` or `excused`. `handed_in` is local
    time in the lab's zone, empty if it is unknown.
    """

    student: str
    name: str
    row: ClassRow | None
    handed_in: str = ""
    absence: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know: how late it was, what did not pass, what to look at."""
        if self.row is None:
            return ("No hand-in.",)
        return (*self.row.lateness_note, *self.row.notes)


NO_PAGES: Mapping[str, StudentPages] = MappingProxyType({})


def index(
    reports: Iterable[Report],
    lab: LabSpec,
    pages: Mapping[str, StudentPages] = NO_PAGES,
    people: ClassPeople = UNKNOWN,
) -> str:
    """Return the page as HTML: an overview of the class, its table, its charts and its problems.

    `pages` has the paths of each student's pages, by id.
    """
    rows = class_rows(reports)
    counts = ClassCounts.of(rows, people)
    provenances = [row.report.provenance for row in rows]
    provenance = max(provenances, key=lambda each: each.graded_at, default=None)
    parts = pages_of(lab).of_class(rows, lab)
    statistics = part_statistics([row.report for row in rows])
    # Markup is safe: the scripts contain nothing from a hand-in.
    table_script = Markup(environment().get_template("table.js").render())  # noqa: S704
    plot_script = Markup(drawing.script() if parts.specs else "")  # noqa: S704
    lines = class_lines(rows, people, lab.deadline.zone)
    scripts = [each for each in (table_script if lines else "", plot_script) if each]
    return (
        environment()
        .get_template(pages_of(lab).class_template)
        .render(
            lab=lab,
            rows=rows,
            lines=lines,
            is_timed=any(row.report.grade.lateness for row in rows),
            first_rows=FIRST_ROWS,
            parts=parts,
            pages=pages,
            no_pages=StudentPages(),
            counts=counts,
            pending=pending_points(rows),
            questions=question_statistics(rows, statistics),
            statistics={each.id: each for each in statistics},
            no_notebook=NO_NOTEBOOK,
            histograms=histograms(rows, lab.items),
            problems=problems(rows),
            provenance=provenance,
            graded=in_zone(provenance.graded_at, lab.deadline.zone) if provenance else "",
            specs=parts.specs,
            style=style(),
            table_script=table_script,
            plot_script=plot_script,
            policy=policy(*scripts),
        )
    )


def class_lines(rows: Sequence[ClassRow], people: ClassPeople, zone: str) -> tuple[Line, ...]:
    """Return the lines of the class's table, sorted by student; times are in `zone`."""
    present = (_line(row, people, zone) for row in rows)
    return tuple(sorted((*present, *_absent(people.absent or ())), key=lambda each: each.student))


def _line(row: ClassRow, people: ClassPeople, zone: str) -> Line:
    arrival = row.report.submission.handed_in
    moment = arrival.submitted_at if arrival else None
    return Line(
        student=row.student,
        name=people.names.get(row.student, ""),
        row=row,
        handed_in=in_zone(moment, zone) if moment else "",
    )


def _absent(those: Iterable[Absent]) -> Iterator[Line]:
    for each in those:
        yield Line(student=each.id, name=each.name, row=None, absence=each.word)


def question_statistics(
    rows: Sequence[ClassRow], statistics: Iterable[PartStatistics]
) -> tuple[PartStatistics, ...]:
    """Return those of `statistics` that are about questions, in the lab's order."""
    asked = {
        question.id
        for row in rows
        for item in row.report.grade.items
        for question in item.questions
    }
    return tuple(each for each in statistics if each.id in asked)
