"""results/<id>/feedback.html, and the content that feedback.md shares with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from grader.datasets.dataset import TestSet
from grader.labs.spec import LabSpec
from grader.report.check_names import Names, names_of
from grader.report.class_row import ClassRow, class_row, class_rows
from grader.report.listed_checks import listed_checks, waiting_questions
from grader.report.local_time import in_zone
from grader.report.pages.kinds import pages_of
from grader.report.pages.parts import Draw, SharedParts, StudentParts
from grader.report.pages.rubric import level_words
from grader.report.pages.template import environment, policy, style
from grader.report.verdict import Verdict, total_words, verdict_of
from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassContext:
    """The part that all students' pages of a class share."""

    lab: LabSpec
    shared: SharedParts


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """The content of one student's page; `notebook` is the URL of the notebook's page, or empty.

    `names` are the names of the checks in words, by id, `verdict` is what the page begins with.
    `levels` are the words of the rubrics' levels that were given, by item, `parts` those that only
    the lab's kind has.
    """

    row: ClassRow
    lab: LabSpec
    notebook: str
    names: Names
    verdict: Verdict
    levels: Mapping[str, str]
    parts: StudentParts


def class_context(
    reports: Iterable[Report], lab: LabSpec, draw: Draw, images: TestSet | None = None
) -> ClassContext:
    """Return the part that all pages of a class share.

    Without `images`, the test set of the measurements is looked up if the pages show images.
    """
    rows = class_rows(reports)
    return ClassContext(lab=lab, shared=pages_of(lab).shared(rows, lab, draw, images))


def feedback(report: Report, context: ClassContext, draw: Draw, notebook: str = "") -> Feedback:
    """Return the content of one student's page."""
    mine, names = class_row(report), names_of(report, context.lab)
    parts = context.shared.student(mine, draw)
    return Feedback(
        row=mine,
        lab=context.lab,
        notebook=quote(notebook, errors="surrogateescape"),
        names=names,
        verdict=verdict_of(report, names, parts.advice),
        levels=level_words(report.grade, context.lab.items),
        parts=parts,
    )


def page(content: Feedback) -> str:
    """Return the page as HTML, without scripts, requests and other students' names."""
    zone = content.lab.deadline.zone
    return (
        environment()
        .get_template(pages_of(content.lab).student_template)
        .render(
            feedback=content.parts,
            lab=content.lab,
            row=content.row,
            report=content.row.report,
            graded=in_zone(content.row.report.provenance.graded_at, zone) + f" {zone}",
            notebook=content.notebook,
            names=content.names,
            verdict=content.verdict,
            checks=listed_checks(content.row.report),
            waiting=waiting_questions(content.row.report),
            total_words=total_words(content.row.report.grade),
            levels=content.levels,
            style=style(),
            policy=policy(images=True),
        )
    )
