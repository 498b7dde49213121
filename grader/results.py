"""The files of a results folder, written from reports so that none is ever half there."""

import csv as csv_module
import json as json_module
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.data import TestSet
from grader.errors import GraderError
from grader.intake import safe_name
from grader.lab import LabSpec, lab_names, load_lab
from grader.marks.store import MARKS, AllMarks, marks_of_class
from grader.notebook.page import kept, page
from grader.report import csv, feedback, html, json, markdown
from grader.report.html import Attendance, StudentPages
from grader.report.kept_drawings import KeptDrawings
from grader.report.kept_pages import kept_pages
from grader.report.pictures import images_of
from grader.types import Report

SHEET = "grades.csv"
PAGE = "index.html"
DATABASE = "results.db"
LOCK = "results.lock"  # held by whoever writes here: a batch, or a review for each mark
REPORT = "report.json"
SCRATCH = ".work"
DOWNLOADS = "downloads"  # what an LMS's download was unpacked to
ROSTER = "roster.json"  # who handed in nothing
UNFINISHED = "rescore.json"  # the reports as they were, while others are written over them
UNWRITABLE = "Is the disk full, the folder writable, or the file open in another program?"
AGAIN = "The measurements are saved: grade again and only the files are written."
PAGES = ".pages"  # bodies of notebooks' pages, kept as long as results.db keeps what was measured
CHARTS = ".charts"  # drawn for this class, so that writing it again draws only what has changed
NOTEBOOK = "notebook.html"
FEEDBACK = "feedback.html"
FEEDBACK_TEXT = "feedback.md"
LEADERBOARD = "leaderboard.html"
_TAKEN = frozenset(
    {SHEET, PAGE, PAGES, CHARTS, LEADERBOARD, SCRATCH, LOCK, DOWNLOADS, ROSTER, UNFINISHED}
    | {f"{name}{suffix}" for name in (DATABASE, MARKS) for suffix in ("", "-wal", "-shm")}
)


class Unwritable(GraderError):
    """A file cannot be written: the message names it, the help says what to do about it."""


def write_results(
    reports: Sequence[Report],
    lab: LabSpec,
    out: Path,
    images: TestSet | None = None,
) -> Path:
    """Write each hand-in's report.json and pages, then grades.csv and index.html.

    The notebook's page is made of what was kept when it was measured; a hand-in of which nothing
    was has none. `images` are those that were measured with; without them they are looked for where
    test sets lie, and feedback.html shows none where they are not there. Each file is either the
    old one or the whole new one, whatever happens. Reports of students who are not in `reports`
    stay, and nothing written names them. Returns the page's path; raises `GraderError` naming the
    file that cannot be written.
    """
    drawings = KeptDrawings(folder=out / CHARTS)
    images = images or images_of(reports)
    behind = feedback.backdrop(reports, lab, drawings.draw, images)
    kept = kept_pages(out / CHARTS / "pages.json", behind)
    pages = {}
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
    with _explained(out / UNFINISHED):  # whatever was half written is whole now
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


@contextmanager
def scratch(out: Path) -> Iterator[Path]:
    """An empty folder below `out` for one batch; what a killed batch left in it goes first.

    The store's lock must be held: it lets in one batch at a time.
    """
    folder = out / SCRATCH
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_leaderboard(page: str, out: Path) -> Path:
    """Write leaderboard.html and return its path. Raises `GraderError` where it cannot be."""
    write_file(out / LEADERBOARD, page)
    return out / LEADERBOARD


def read_results(out: Path) -> tuple[Report, ...]:
    """The reports of the class that was last graded into `out`, by student.

    Raises `GraderError` where nothing was graded, a report cannot be read, or a rescore was cut
    off and some are of the old lab file, some of the new.
    """
    check_finished(out)
    among = listed(out)
    found = [_read(path) for path in sorted(out.glob(f"*/{REPORT}"))]
    ours = [each for each in found if csv.inert(each.submission.id) in among]
    return tuple(sorted(ours, key=lambda each: each.submission.id))


def keep_as_it_was(reports: Sequence[Report], out: Path) -> None:
    """Keep `reports` until a whole class is written over them: a kill may leave some of each."""
    kept = [json.render(each) for each in reports]
    write_file(out / UNFINISHED, json_module.dumps({"reports": kept}))


def as_it_was(out: Path) -> tuple[Report, ...] | None:
    """The reports before the rescore that was cut off here, or None where none was.

    Raises `GraderError` where they cannot be read.
    """
    file = out / UNFINISHED
    try:
        kept = json_module.loads(file.read_text(encoding="utf-8"))["reports"]
        return tuple(json.parse(each) for each in kept)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise GraderError(f"{file} cannot be read: {error}.", help="Grade again.") from error


def check_finished(out: Path) -> None:
    """Raises `GraderError` where a rescore was cut off: the files are of two lab files."""
    if (out / UNFINISHED).is_file():
        raise GraderError(
            f"{out} is half rescored: some files are by the old lab file, some by the new.",
            help="Run the same `grader rescore` again, or grade again.",
        )


def lab_of(reports: Sequence[Report], name: str | None = None) -> LabSpec:
    """The lab called `name`, else the one by which all of `reports` were graded.

    Raises `GraderError` where that is not one, or one of the user's own that was not named, or one
    that has changed since.
    """
    if name is not None:
        return load_lab(name)
    graded_by = sorted({each.provenance.lab for each in reports})
    if len(graded_by) != 1 or graded_by[0] not in lab_names():
        raise GraderError(
            f"The class was graded by {', '.join(graded_by) or 'no lab'}.",
            help="Say which lab it is: --lab NAME, or its .toml file.",
        )
    lab = load_lab(graded_by[0])
    if {each.provenance.lab_sha256 for each in reports} != {lab.sha256}:
        raise GraderError(
            f"The class was graded by another {lab.name} than this grader has.",
            help=f"Give its file, --lab FILE.toml, or go on by this one: --lab {lab.name}.",
        )
    return lab


def _read(path: Path) -> Report:
    try:
        return json.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise GraderError(f"{path} cannot be read: {error}.", help="Grade again.") from error


def listed(out: Path) -> frozenset[str]:
    """Who is in the class, as the sheet writes it: an earlier class may have left its folders.

    Raises `GraderError` where nothing was graded.
    """
    sheet = out / SHEET
    try:
        with sheet.open(encoding="utf-8", newline="") as file:
            return frozenset(row["student"] for row in csv_module.DictReader(file))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise GraderError(
            f"There are no results in {sheet.parent}.",
            help="Grade the class first: grader grade HAND-INS --out RESULTS.",
        ) from error
    except (KeyError, UnicodeDecodeError, csv_module.Error) as error:
        raise GraderError(
            f"{sheet} is no sheet of the grader's.", help="Grade the class again."
        ) from error


def folder_name(student: str) -> str:
    """The name, below the results folder, of `student`'s own: safe, and none of our files'."""
    name = safe_name(student)
    return safe_name(f"{student}/") if name.casefold() in _TAKEN else name


def _write_page(path: Path, report: Report, pages: Path) -> bool:
    """Whether there is one now."""
    measured = report.measurement("notebook")
    sha256 = measured.evidence.get("page") if measured else None
    body = kept(sha256, pages) if isinstance(sha256, str) else None
    if body is not None:
        write_file(path, page(body, f"{report.submission.id}: notebook"))
    else:  # an earlier hand-in's page would be taken for this one's
        with _explained(path):
            path.unlink(missing_ok=True)
    return body is not None


def write_file(path: Path, content: str | bytes, help: str = AGAIN) -> None:
    """Make `path` hold `content`, text in UTF-8: all of it, or what was there before.

    Raises `GraderError` with `help` where it cannot be written.
    """
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    with suppress(OSError):
        if path.read_bytes() == raw:  # which is quicker than to write it, and mostly so
            return
    with whole_file(path, help) as part:
        part.write_bytes(raw)


@contextmanager
def whole_file(path: Path, help: str = AGAIN) -> Iterator[Path]:
    """A path to write to that takes the place of `path` at the end, unless anything is raised.

    Raises `GraderError` with `help` where it cannot be written.
    """
    # A part left by a kill is written over by the next run: the store's lock lets in one at a time.
    part = path.with_name(f".{path.name}.part")
    with _explained(path, help):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def _explained(path: Path, help: str = AGAIN) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unwritable(
            f"{path} cannot be written: {error.strerror or error}.", help=f"{UNWRITABLE} {help}"
        ) from error
