"""Writes the files of a results folder from reports, each file atomically."""

import json as json_module
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.batch.store import Store
from grader.datasets.dataset import TestSet
from grader.datasets.registry import dataset_named
from grader.evidence import ids
from grader.evidence.notebook import NotebookEvidence
from grader.intake.person import person_of
from grader.labs.spec import LabSpec
from grader.marks.decisions import Given
from grader.marks.store import given_to
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
    STUDENTS,
    UNFINISHED,
    explained,
    write_file,
)
from grader.results.kept_drawings import KeptDrawings
from grader.results.kept_lab import keep_lab
from grader.results.kept_pages import kept_pages
from grader.results.old_layout import move_students
from grader.results.student_folders import assign_folders
from grader.types import Report, Submission


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
    move_students(out)
    folders = assign_folders(reports, out)
    drawings = KeptDrawings(folder=out / CHARTS)
    images = images or images_of(reports, dataset_named(lab.dataset))
    context = feedback.class_context(reports, lab, drawings.draw, images)
    kept = kept_pages(out / CHARTS / "pages.json", context)
    pages = {}
    keep_lab(lab, out)
    for report in reports:
        folder, rendered = folders[person_of(report.submission)], json.render(report)
        write_file(folder / REPORT, rendered)
        notebook = NOTEBOOK if _write_page(folder / NOTEBOOK, report, out / PAGES) else ""
        page, text = folder / FEEDBACK, folder / FEEDBACK_TEXT
        if not kept.as_before(report, f"{rendered}\n{notebook}", page, text):
            content = feedback.feedback(report, context, drawings.draw, notebook)
            write_file(page, feedback.page(content))
            write_file(text, markdown.render(content))
        pages[report.submission.id] = StudentPages(
            feedback=f"{STUDENTS}/{folder.name}/{FEEDBACK}",
            notebook=notebook and f"{STUDENTS}/{folder.name}/{notebook}",
        )
    if not kept.unchanged:  # a skipped page did not ask for its drawings
        drawings.forget_others()
    kept.save()
    write_file(out / SHEET, sheet_of(reports, folders))
    write_file(out / PAGE, html.index(reports, lab, pages, _late_and_missing(reports, out)))
    with explained(out / UNFINISHED):  # an interrupted rescore is finished now
        (out / UNFINISHED).unlink(missing_ok=True)
    return out / PAGE


def sheet_of(reports: Sequence[Report], folders: Mapping[str, Path]) -> str:
    """Return grades.csv of `reports`, with the names of their `folders`, by person."""
    return csv.render(reports, {person: folder.name for person, folder in folders.items()})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a class is written: the results folder `out`, and the database of marks `db`.

    `class_` are the hand-ins of the class; `db` is as for `given_to`.
    """

    out: Path
    db: str | None
    class_: Sequence[Submission]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The reports of a class that was written, and what people had given it."""

    reports: Sequence[Report]
    given: Given


def write_class(
    scored: Callable[[Given], Sequence[Report]],
    lab: LabSpec,
    place: Place,
    images: TestSet | None = None,
) -> Written:
    """Write a class with its marks; write it again if a mark was saved in the meantime.

    `scored` returns the reports for everything given. While a batch holds the folder's lock, a
    review saves a mark but leaves the files to the batch. Raises `GraderError`.
    """
    given = given_to(place.out, place.db, place.class_)
    while True:
        reports = scored(given)
        write_results(reports, lab, place.out, images)
        newer = given_to(place.out, place.db, place.class_)
        if newer == given:
            return Written(reports=reports, given=given)
        given = newer


def write_marked(report: Report, reports: Sequence[Report], out: Path) -> None:
    """Write the files that must show a new mark at once: report.json of `report`, and grades.csv.

    Raises `GraderError` with the name of a file that cannot be written.
    """
    folders = assign_folders(reports, out)
    write_file(folders[person_of(report.submission)] / REPORT, json.render(report))
    write_file(out / SHEET, sheet_of(reports, folders))


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
