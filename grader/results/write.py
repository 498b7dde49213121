"""Writes the files of a results folder from reports, each file atomically."""

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
from grader.report.pages.class_page import LateAndMissing, StudentPages
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
    """Open the measurements in `out`, locked for this process. Raises `GraderError`."""
    return Store.open(out / DATABASE)


def write_results(
    reports: Sequence[Report],
    lab: LabSpec,
    out: Path,
    images: TestSet | None = None,
) -> Path:
    """Write the lab, each hand-in's report.json and pages, then grades.csv and index.html.

    The notebook's page is made from the body kept at the measurement; without one there is no page.
    `images` is the test set of the measurements; if it is None, it is looked up in the usual
    folders, and if it is not there, feedback.html shows no images. Each file is written atomically.
    Reports of students who are not in `reports` stay, and no new file names these students.

    Returns the path of index.html. Raises `GraderError` with the name of a file that cannot be
    written.
    """
    drawings = KeptDrawings(folder=out / CHARTS)
    images = images or images_of(reports, dataset_named(lab.dataset))
    context = feedback.class_context(reports, lab, drawings.draw, images)
    kept = kept_pages(out / CHARTS / "pages.json", context)
    pages = {}
    keep_lab(lab, out)
    for report in reports:
        folder, rendered = folder_name(report.submission.id), json.render(report)
        write_file(out / folder / REPORT, rendered)
        notebook = NOTEBOOK if _write_page(out / folder / NOTEBOOK, report, out / PAGES) else ""
        page, text = out / folder / FEEDBACK, out / folder / FEEDBACK_TEXT
        if not kept.as_before(report, f"{rendered}\n{notebook}", page, text):
            content = feedback.feedback(report, context, drawings.draw, notebook)
            write_file(page, feedback.page(content))
            write_file(text, markdown.render(content))
        pages[report.submission.id] = StudentPages(
            feedback=f"{folder}/{FEEDBACK}", notebook=notebook and f"{folder}/{notebook}"
        )
    if not kept.unchanged:  # a skipped page did not ask for its drawings
        drawings.forget_others()
    kept.save()
    write_file(out / SHEET, csv.render(reports))
    write_file(out / PAGE, html.index(reports, lab, pages, _late_and_missing(reports, out)))
    with explained(out / UNFINISHED):  # an interrupted rescore is finished now
        (out / UNFINISHED).unlink(missing_ok=True)
    return out / PAGE


def _late_and_missing(reports: Sequence[Report], out: Path) -> LateAndMissing:
    """Return the number of late hand-ins, and the students on the roster who handed in nothing."""
    times = [each.grade.lateness for each in reports if each.grade.lateness is not None]
    known = [each.punctuality for each in times if each.punctuality != "unknown"]
    try:
        absent = json_module.loads((out / ROSTER).read_text(encoding="utf-8"))["missing"]
        missing = tuple(each["id"] or each["name"] or each["email"] or "?" for each in absent)
    except (OSError, ValueError, LookupError, TypeError):  # no roster, or not one of the grader
        return LateAndMissing(late=known.count("late") if known else None)
    return LateAndMissing(late=known.count("late") if known else None, missing=missing)


def write_class(
    scored: Callable[[AllMarks], Sequence[Report]],
    lab: LabSpec,
    out: Path,
    db: str | None,
    images: TestSet | None = None,
) -> Sequence[Report]:
    """Write a class with its marks; write it again if a mark was saved in the meantime.

    `scored` returns the reports for the given marks. `db` is the marks' database, as for
    `marks_of_class`. While a batch holds the folder's lock, a review saves a mark but leaves the
    files to the batch. Returns the written reports. Raises `GraderError`.
    """
    marks = marks_of_class(out, db)
    while True:
        reports = scored(marks)
        write_results(reports, lab, out, images)
        newer = marks_of_class(out, db)
        if newer == marks:
            return reports
        marks = newer


def write_marked(report: Report, reports: Sequence[Report], out: Path) -> None:
    """Write the files that must show a new mark at once: report.json of `report`, and grades.csv.

    Raises `GraderError` with the name of a file that cannot be written.
    """
    write_file(out / folder_name(report.submission.id) / REPORT, json.render(report))
    write_file(out / SHEET, csv.render(reports))


def _write_page(path: Path, report: Report, pages: Path) -> bool:
    """Write the page of the notebook to `path`, or delete it; return True if it was written."""
    sha256 = NotebookEvidence.read(report.measurement(ids.NOTEBOOK)).page
    body = None if sha256 is None else kept(sha256, pages)
    if body is not None:
        write_file(path, page(body, f"{report.submission.id}: notebook"))
    else:  # a page of an earlier hand-in would look like this one's
        with explained(path):
            path.unlink(missing_ok=True)
    return body is not None
