"""Moves the students of an older results folder to results/students/."""

from contextlib import suppress
from pathlib import Path

from grader.errors import GraderError
from grader.intake.person import person_of
from grader.report import json
from grader.results.folder import LAB, LAB_FILE, REPORT, explained
from grader.results.student_folders import assign_folders
from grader.types import Report


def old_reports(out: Path) -> list[Path]:
    """Return the paths of the report.json files whose folders stand directly below `out`.

    The folder `lab` is left out if it has a lab file: an older grader used it for a student with
    the id `lab`.
    """
    found = sorted(out.glob(f"*/{REPORT}"))
    if not (out / LAB / LAB_FILE).is_file():
        return found
    return [path for path in found if path.parent.name.casefold() != LAB]


def move_students(out: Path) -> None:
    """Move every student's folder that stands directly below `out` to its place in `students`.

    A folder's report.json is moved last, so that the next call continues an interrupted move. A
    folder whose report cannot be read stays. The caller must hold the lock of the results folder.
    Raises `GraderError` if a file cannot be moved.
    """
    found: dict[Path, Report] = {}
    for path in old_reports(out):
        with suppress(OSError, UnicodeDecodeError, GraderError):
            found[path.parent] = json.parse(path.read_text(encoding="utf-8"))
    if not found:
        return
    places = assign_folders(found.values(), out)
    for folder, report in found.items():
        with explained(folder):
            _move_files(folder, places[person_of(report.submission)])


def _move_files(folder: Path, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    files = [path for path in folder.iterdir() if path.is_file() and path.name != REPORT]
    for file in (*files, folder / REPORT):
        file.replace(place / file.name)
    with suppress(OSError):  # another file is in it, or it is `students` itself
        folder.rmdir()
