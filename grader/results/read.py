"""Reads a results folder: its reports, and the lab by which it was graded."""

import csv
import json as json_module
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from grader import text
from grader.errors import GraderError
from grader.intake.person import person_of
from grader.labs.files import lab_names
from grader.labs.kinds import load_lab
from grader.labs.spec import LabSpec
from grader.report import json
from grader.results.folder import REPORT, SHEET, STUDENTS, UNFINISHED, write_file
from grader.results.kept_lab import kept_lab
from grader.results.old_layout import old_reports
from grader.results.student_folders import is_folder_name
from grader.text import sentence
from grader.types import Report


class _Stamp(NamedTuple):
    changed: int  # nanoseconds
    size: int


class ReportFiles:
    """The reports in a results folder; a file is read again only when it has changed."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._known: dict[Path, tuple[_Stamp, Report]] = {}
        self._paths: dict[str, Path] = {}

    def read(self) -> tuple[Report, ...]:
        """Return the reports of the students in grades.csv, sorted by student.

        Raises `GraderError` if nothing was graded or a report cannot be read.
        """
        found = self.by_path()
        self._paths = {each.submission.id: path for path, each in found.items()}
        return tuple(sorted(found.values(), key=lambda each: each.submission.id))

    def read_one(self, student: str) -> Report | None:
        """Return one student's report as the file is now; None if `read` has not returned it.

        Raises as `read`.
        """
        path = self._paths.get(student)
        return None if path is None else self._report(path)

    def by_path(self) -> dict[Path, Report]:
        """Return the same as `read`, by the path of the report.json."""
        sheet = read_sheet(self._out)
        found = {path: self._report(path) for path in report_files(self._out, sheet)}
        if sheet.folders is not None:
            return found
        return {
            path: each
            for path, each in found.items()
            if text.cell(each.submission.id) in sheet.students
        }

    def _report(self, path: Path) -> Report:
        try:
            status = path.stat()
            stamp = _Stamp(changed=status.st_mtime_ns, size=status.st_size)
            known = self._known.get(path)
            if known is None or known[0] != stamp:
                known = self._known[path] = (stamp, json.parse(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            raise GraderError(
                f"{path} cannot be read: {sentence(error)}", help="Grade again."
            ) from error
        return known[1]


def read_results(out: Path) -> tuple[Report, ...]:
    """Return the reports of the class that was last graded into `out`, sorted by student.

    Raises `GraderError` if nothing was graded, a report cannot be read, or a rescore was
    interrupted, so that some reports are by the old lab file and some by the new one.
    """
    check_finished(out)
    return ReportFiles(out).read()


def folders_of(out: Path) -> dict[str, Path]:
    """Return the folder of every person of the class. Raises as `ReportFiles.read` does."""
    found = ReportFiles(out).by_path()
    return {person_of(each.submission): path.parent for path, each in found.items()}


def report_files(out: Path, sheet: "Sheet") -> list[Path]:
    """Return the paths of the report.json files of the class in `sheet`.

    The sheet of an older grader names no folders: then they are those of all students, also of
    earlier classes, in both layouts.
    """
    if sheet.folders is not None:
        return [out / STUDENTS / name / REPORT for name in sheet.folders]
    return [*old_reports(out), *sorted((out / STUDENTS).glob(f"*/{REPORT}"))]


def keep_as_it_was(reports: Sequence[Report], out: Path) -> None:
    """Save `reports` until all new ones are written: an interrupted rescore mixes old and new."""
    kept = [json.render(each) for each in reports]
    write_file(out / UNFINISHED, json_module.dumps({"reports": kept}))


def as_it_was(out: Path) -> tuple[Report, ...] | None:
    """Return the reports before an interrupted rescore; None if no rescore was interrupted.

    Raises `GraderError` if they cannot be read.
    """
    file = out / UNFINISHED
    try:
        kept = json_module.loads(file.read_text(encoding="utf-8"))["reports"]
        return tuple(json.parse(each) for each in kept)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise GraderError(
            f"{file} cannot be read: {sentence(error)}", help="Grade again."
        ) from error


def check_finished(out: Path) -> None:
    """Raise `GraderError` if a rescore was interrupted: the reports are by two lab files."""
    if (out / UNFINISHED).is_file():
        raise GraderError(
            f"A rescore of {out} was interrupted: some files are by the old lab file, some by the "
            "new one.",
            help="Run the same `grader rescore` again, or grade again.",
        )


def lab_of(reports: Sequence[Report], out: Path, name: str | None = None) -> LabSpec:
    """Return the lab `name`, or without a name the lab by which all `reports` were graded.

    `reports` are those in `out`, where the lab is kept. An older grader kept no lab: then it must
    be a shipped lab that has not changed since. Raises `GraderError` if the lab cannot be found.
    """
    if name is not None:
        return load_lab(name)
    hashes = {each.provenance.lab_sha256 for each in reports}
    kept = kept_lab(out)
    if kept is not None and hashes == {kept.sha256}:
        return kept
    graded_by = sorted({each.provenance.lab for each in reports})
    if len(graded_by) != 1 or graded_by[0] not in lab_names():
        raise GraderError(
            f"Cannot find the lab of this class: it was graded by {', '.join(graded_by) or '?'}.",
            help="Name the lab: --lab NAME, or --lab FILE.toml.",
        )
    lab = load_lab(graded_by[0])
    if hashes != {lab.sha256}:
        raise GraderError(
            f"{lab.name} has changed since this class was graded.",
            help=f"Give the old lab file with --lab FILE.toml, or use the new one: "
            f"--lab {lab.name}.",
        )
    return lab


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The students in grades.csv, as it writes them, and the names of their folders.

    `folders` is None in the sheet of an older grader.
    """

    students: frozenset[str]
    folders: tuple[str, ...] | None


def read_sheet(out: Path) -> Sheet:
    """Return the students and folders in grades.csv: those of the class that was graded last.

    Raises `GraderError` if nothing was graded.
    """
    sheet = out / SHEET
    try:
        with sheet.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        students = frozenset(row["student"] for row in rows)
        if any("folder" not in row for row in rows):
            return Sheet(students=students, folders=None)
        folders = tuple(text.from_cell(row["folder"]) for row in rows)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise GraderError(
            f"There are no results in {sheet.parent}.",
            help="Grade the class first: grader grade HAND-INS --out RESULTS.",
        ) from error
    except (KeyError, UnicodeDecodeError, csv.Error) as error:
        raise _not_ours(sheet) from error
    if not all(map(is_folder_name, folders)):
        raise _not_ours(sheet)
    return Sheet(students=students, folders=folders)


def _not_ours(sheet: Path) -> GraderError:
    return GraderError(f"{sheet} was not written by the grader.", help="Grade the class again.")
