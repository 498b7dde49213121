"""The class as it stands: what was measured, from the results folder, with the marks given."""

import csv as csv_module
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from grader import results
from grader.errors import GraderError
from grader.lab import LabSpec, lab_names, load_lab
from grader.marks import Marks, all_marks, marked, marks_for
from grader.report import csv, json
from grader.types import Mark, Report

_SECONDS_TO_WAIT_FOR_A_BATCH = 5


class _Stamp(NamedTuple):
    changed: int  # nanoseconds
    size: int


class Classroom:
    """The hand-ins that grades.csv lists, read again whenever their files change."""

    def __init__(self, out: Path, lab: str | None, marks: Marks) -> None:
        """Raises `GraderError` where nothing was graded, or by a lab that is not known."""
        self.out = out
        self.marks = marks
        self._read: dict[Path, tuple[_Stamp, Report]] = {}
        self._writing = threading.Lock()
        measured = self._measured()
        self.lab = _lab(lab, measured)

    def reports(self) -> tuple[Report, ...]:
        """Every report of the class with the marks given so far, by student."""
        given = all_marks(self.marks)
        now = _now()
        return tuple(
            marked(report, self.lab, marks_for(report.submission.id, given), now)
            for report in self._measured()
        )

    def save(self, mark: Mark, expected: int) -> bool:
        """Keep a mark, then write the student's report.json and grades.csv with it.

        Returns whether the files were written: while a batch is at work here they are not, and
        that batch will write them with the mark. Raises `Conflict` and `GraderError`.
        """
        self.marks.save(mark, expected)
        return self._write(mark.student)

    def write_all(self) -> bool:
        """Write every report, grades.csv and index.html; whether they were, as for `save`."""
        with self._writing:
            try:
                with self._lock():
                    results.write_results(self.reports(), self.lab, self.out)
            except Timeout:
                return False
        return True

    def _write(self, student: str) -> bool:
        with self._writing:
            try:
                with self._lock():
                    reports = self.reports()
                    report = next(each for each in reports if each.submission.id == student)
                    results.write_marked(report, reports, self.out)
            except Timeout:
                return False
        return True

    def _lock(self) -> FileLock:
        file = self.out / results.LOCK
        return FileLock(file, timeout=_SECONDS_TO_WAIT_FOR_A_BATCH, fallback_to_soft=False)

    def _measured(self) -> tuple[Report, ...]:
        listed = _listed(self.out / results.SHEET)
        found = [self._report(path) for path in sorted(self.out.glob(f"*/{results.REPORT}"))]
        ours = [each for each in found if csv.inert(each.submission.id) in listed]
        return tuple(sorted(ours, key=lambda each: each.submission.id))

    def _report(self, path: Path) -> Report:
        status = path.stat()
        stamp = _Stamp(status.st_mtime_ns, status.st_size)
        known = self._read.get(path)
        if known is None or known[0] != stamp:
            known = self._read[path] = (stamp, json.parse(path.read_text(encoding="utf-8")))
        return known[1]


def _listed(sheet: Path) -> frozenset[str]:
    """Who is in the class, as the sheet writes it: an earlier class may have left its folders."""
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


def _lab(name: str | None, reports: tuple[Report, ...]) -> LabSpec:
    if name is not None:
        return load_lab(name)
    graded_by = {each.provenance.lab for each in reports}
    unknown = sorted(graded_by - set(lab_names()))
    if len(graded_by) != 1 or unknown:
        raise GraderError(
            f"The class was graded by {', '.join(sorted(graded_by)) or 'no lab'}.",
            help="Say by which lab it is to be marked: --lab NAME, or its .toml file.",
        )
    lab = load_lab(graded_by.pop())
    if {each.provenance.lab_sha256 for each in reports} != {lab.sha256}:
        raise GraderError(
            f"The class was graded by another {lab.name} than this grader has.",
            help=f"Give its file, --lab FILE.toml, or go on by this one: --lab {lab.name}.",
        )
    return lab


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
