"""The files of a results folder, written from reports so that none is ever half there."""

import json as json_module
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.batch.store import Store
from grader.datasets.dataset import TestSet
from grader.datasets.registry import dataset_named
from grader.evidence import ids
from grader.evidence.notebook import NotebookEvidence
from grader.labs.spec import LabSpec
from grader.marks.rules import AllMarks
from grader.marks.store import marks_of_class
from grader.notebook.page import kept, page
from grader.report import csv, json, markdown
from grader.report.pages import class_page as html
from grader.report.pages import feedback
from grader.report.pages.class_page import Attendance, StudentPages
from grader.report.pages.pictures import images_of
from grader.results.folder import (
    CHARTS,
    DATABASE,
    FEEDBACK,
    FEEDBACK_TEXT,
    NOTEBOOK,
    PAGE,
    PAGES,
    REPORT,
    ROSTER,
    SHEET,
    UNFINISHED,
    explained,
    folder_name,
    write_file,
)
from grader.results.kept_drawings import KeptDrawings
from grader.results.kept_lab import keep_lab
from grader.results.kept_pages import kept_pages
from grader.types import Report


def open_store(out: Path) -> Store:
    """The measurements that are kept in `out`, locked for this process. Raises `GraderError`."""
    return Store.open(out / DATABASE)


def write_results(
    reports: Sequence[Report],
    lab: LabSpec,
    out: Path,
    images: TestSet | None = None,
) -> Path:
    """Write the lab, each hand-in's report.json and pages, then grades.csv and index.html.

    The notebook's page is made of what was kept when it was measured; a hand-in of which nothing
    was has none. `images` are those that were measured with; without them they are looked for where
    test sets lie, and feedback.html shows none where they are not there. Each file is either the
    old one or the whole new one, whatever happens. Reports of students who are not in `reports`
    stay, and nothing written names them. Returns the page's path; raises `GraderError` naming the
    file that cannot be written.
    """
    drawings = KeptDrawings(folder=out / CHARTS)
    images = images or images_of(reports, dataset_named(lab.dataset))
    behind = feedback.backdrop(reports, lab, drawings.draw, images)
    kept = kept_pages(out / CHARTS / "pages.json", behind)
    pages = {}
    keep_lab(lab, out)
    for report in reports:
        folder, told = folder_name(report.submission.id), json.render(report)
        write_file(out / folder / REPORT, told)
        notebook = NOTEBOOK if _write_page(out / folder / NOTEBOOK, report, out / PAGES) else ""
        page, text = out / folder / FEEDBACK, out / folder / FEEDBACK_TEXT
        if not kept.as_before(report, f"{told}\n{notebook}", page, text):
            said = feedback.feedback(report, behind, drawings.draw, notebook)
            write_file(page, feedback.page(said))
            write_file(text, markdown.render(said))
        pages[report.submission.id] = StudentPages(
            feedback=f"{folder}/{FEEDBACK}", notebook=notebook and f"{folder}/{notebook}"
        )
    if not kept.unchanged:  # else their drawings were not asked for
        drawings.forget_others()
    kept.save()
    write_file(out / SHEET, csv.render(reports))
    write_file(out / PAGE, html.index(reports, lab, pages, _attendance(reports, out)))
    with explained(out / UNFINISHED):  # whatever was half written is whole now
        (out / UNFINISHED).unlink(missing_ok=True)
    return out / PAGE


def _attendance(reports: Sequence[Report], out: Path) -> Attendance:
    """How many were late, where a time is known, and whom the roster misses, where there is one."""
    times = [each.grade.lateness for each in reports if each.grade.lateness is not None]
    known = [each.punctuality for each in times if each.punctuality != "unknown"]
    try:
        absent = json_module.loads((out / ROSTER).read_text(encoding="utf-8"))["missing"]
        missing = tuple(each["id"] or each["name"] or each["email"] or "?" for each in absent)
    except (OSError, ValueError, LookupError, TypeError):  # no roster, or not one of this grader's
        return Attendance(late=known.count("late") if known else None)
    return Attendance(late=known.count("late") if known else None, missing=missing)


def write_class(
    scored: Callable[[AllMarks], Sequence[Report]],
    lab: LabSpec,
    out: Path,
    place: str | None,
    images: TestSet | None = None,
) -> Sequence[Report]:
    """Write a class with its marks, again for as long as somebody has marked it meanwhile.

    `scored` gives the reports with the marks it is called with; `place` is theirs, as for
    `marks_of_class`. A review saves a mark while a batch holds the folder's lock, and leaves the
    files to that batch. Returns the reports that were written; raises `GraderError`.
    """
    marks = marks_of_class(out, place)
    while True:
        reports = scored(marks)
        write_results(reports, lab, out, images)
        newer = marks_of_class(out, place)
        if newer == marks:
            return reports
        marks = newer


def write_marked(report: Report, reports: Sequence[Report], out: Path) -> None:
    """Write what a mark changes at once: the report.json of `report`, and the sheet of all.

    Raises `GraderError` naming the file that cannot be written.
    """
    write_file(out / folder_name(report.submission.id) / REPORT, json.render(report))
    write_file(out / SHEET, csv.render(reports))


def _write_page(path: Path, report: Report, pages: Path) -> bool:
    """Whether there is one now."""
    sha256 = NotebookEvidence.read(report.measurement(ids.NOTEBOOK)).page
    body = None if sha256 is None else kept(sha256, pages)
    if body is not None:
        write_file(path, page(body, f"{report.submission.id}: notebook"))
    else:  # an earlier hand-in's page would be taken for this one's
        with explained(path):
            path.unlink(missing_ok=True)
    return body is not None
