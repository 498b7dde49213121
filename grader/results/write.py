"""Writes the files of a results folder from reports, each file atomically."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.batch.store import Store
from grader.datasets.dataset import TestSet
from grader.evidence import ids
from grader.evidence.notebook import NotebookEvidence
from grader.intake.person import person_of
from grader.labs.spec import LabSpec
from grader.marks.decisions import Given
from grader.marks.store import given_to
from grader.notebook.page import kept, page
from grader.report import csv, json, markdown
from grader.report.class_row import class_row
from grader.report.notebook_links import question_links
from grader.report.pages import class_page as html
from grader.report.pages import feedback
from grader.report.pages.class_page import StudentPages
from grader.results.attendance import people_of_class
from grader.results.folder import (
    CHARTS,
    DATABASE,
    FEEDBACK,
    FEEDBACK_TEXT,
    KEPT_HASHES,
    NOTEBOOK,
    PAGE,
    PAGES,
    REPORT,
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
    folders, and if it is not there, feedback.html shows no images. Each file is written atomically;
    a report and pages that differ in nothing but the time of the scoring are not written again.
    Reports of students who are not in `reports` stay, and no new file names these students.

    Returns the path of index.html. Raises `GraderError` with the name of a file that cannot be
    written.
    """
    move_students(out)
    pages = _Pages(reports, lab, out, images)
    pages.kept.begin(None)
    keep_lab(lab, out)
    for report in reports:
        _write_page(pages.folder(report) / NOTEBOOK, report, lab, out / PAGES)
        pages.write(report)
    pages.drawings.forget_others(pages.kept.drawings)
    _write_class_files(reports, lab, out, pages.folders)
    pages.kept.save()
    with explained(out / UNFINISHED):  # an interrupted rescore is finished now
        (out / UNFINISHED).unlink(missing_ok=True)
    return out / PAGE


def write_some(
    some: Sequence[Report],
    reports: Sequence[Report],
    lab: LabSpec,
    out: Path,
    images: TestSet | None = None,
) -> None:
    """Write report.json and the feedback of the students in `some`, grades.csv and index.html.

    `reports` are the whole class, of which only the grades of `some` have changed since
    `write_results`. Raises `GraderError` with the name of a file that cannot be written.
    """
    move_students(out)
    pages = _Pages(reports, lab, out, images)
    pages.kept.begin(person_of(each.submission) for each in some)
    for report in some:
        _write_page(pages.folder(report) / NOTEBOOK, report, lab, out / PAGES)
        pages.write(report)
    _write_class_files(reports, lab, out, pages.folders)
    pages.kept.save()


def feedback_pages(
    some: Iterable[Report], reports: Sequence[Report], lab: LabSpec, out: Path
) -> Iterator[str]:
    """Yield feedback.html of each student in `some`, made from the report; `reports` is the class.

    It is sent without the notebook's page: it names the cells and has no links to them. Writes no
    file but the cached charts.
    """
    pages = _Pages(reports, lab, out, None)
    return (feedback.page(pages.content_alone(report)) for report in some)


class _Pages:
    """The students' pages of one class.

    `kept` has the hashes of those already written, `drawings` the charts that all of them share.
    """

    def __init__(
        self, reports: Sequence[Report], lab: LabSpec, out: Path, images: TestSet | None
    ) -> None:
        self.folders = assign_folders(reports, out)
        self.drawings = KeptDrawings(folder=out / CHARTS)
        self._context = feedback.class_context(reports, lab, self.drawings.draw, images)
        self.kept = kept_pages(out / CHARTS / KEPT_HASHES, lab)

    def folder(self, report: Report) -> Path:
        """Return the folder of the person of the report, and of nobody else."""
        return self.folders[person_of(report.submission)]

    def content(self, report: Report, drawings: KeptDrawings) -> feedback.Feedback:
        """Return the content of the student's page."""
        notebook = NOTEBOOK if (self.folder(report) / NOTEBOOK).is_file() else ""
        return feedback.feedback(report, self._context, drawings.draw, notebook)

    def content_alone(self, report: Report) -> feedback.Feedback:
        """Return the content of the student's page without links to the notebook's."""
        return feedback.feedback(report, self._context, self.drawings.draw)

    def write(self, report: Report) -> None:
        """Write report.json and both pages of the feedback, if their content has changed."""
        folder, rendered = self.folder(report), json.render(report)
        if not _is_in(folder / REPORT, rendered):
            write_file(folder / REPORT, rendered)
        page, text = folder / FEEDBACK, folder / FEEDBACK_TEXT
        notebook = NOTEBOOK if (folder / NOTEBOOK).is_file() else ""
        of_class = self._context.shared.depends_on(class_row(report))
        made_of = "\n".join((json.undated(rendered), notebook, *of_class))
        if not self.kept.as_before(report, made_of, page, text):
            drawings = KeptDrawings(folder=self.drawings.folder)
            content = self.content(report, drawings)
            write_file(page, feedback.page(content))
            write_file(text, markdown.render(content))
            self.kept.shows(report, drawings.asked)


def _is_in(path: Path, rendered: str) -> bool:
    """Return True if the file has the same report, scored at any time."""
    try:
        before = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return False
    return json.undated(before) == json.undated(rendered)


def _write_class_files(
    reports: Sequence[Report], lab: LabSpec, out: Path, folders: Mapping[str, Path]
) -> None:
    pages = {}
    for report in reports:
        folder = folders[person_of(report.submission)]
        address = f"{STUDENTS}/{folder.name}"
        notebook = f"{address}/{NOTEBOOK}" if (folder / NOTEBOOK).is_file() else ""
        pages[report.submission.id] = StudentPages(
            feedback=f"{address}/{FEEDBACK}", notebook=notebook
        )
    names = {person: folder.name for person, folder in folders.items()}
    write_file(out / SHEET, csv.render(reports, names))
    write_file(out / PAGE, html.index(reports, lab, pages, people_of_class(reports, out)))


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


def _write_page(path: Path, report: Report, lab: LabSpec, pages: Path) -> None:
    """Write the page of the notebook to `path`, or delete it if there is none."""
    sha256 = NotebookEvidence.read(report.measurement(ids.NOTEBOOK)).page
    body = None if sha256 is None else kept(sha256, pages)
    if body is not None:
        title = f"{report.submission.id}: notebook"
        write_file(path, page(body, title, question_links(report, lab)))
    else:  # a page of an earlier hand-in would look like this one's
        with explained(path):
            path.unlink(missing_ok=True)
