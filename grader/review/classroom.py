"""The current state of a class: the measurements in the results folder, and the marks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from grader.errors import GraderError
from grader.intake.person import person_of
from grader.marks import sheet
from grader.marks.store import Conflict, Marks, all_marks, everything, open_marks
from grader.results.choice import counted, kept_several, with_several
from grader.results.folder import LOCK
from grader.results.read import ReportFiles, check_finished, lab_of
from grader.results.rescored import rescored
from grader.results.write import write_marked, write_results
from grader.types import Mark, Report

_SECONDS_TO_WAIT_FOR_A_BATCH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The number of marks that a sheet gave; none where lines of it are `wrong`."""

    marks: int
    wrong: tuple[str, ...] = ()


class Classroom:
    """The hand-ins in grades.csv; their reports are read again when the files change."""

    def __init__(self, out: Path, lab: str | None, marks: Marks) -> None:
        """Raises `GraderError` as `results.read_results` and `results.lab_of` do."""
        self.out = out
        self.marks = marks
        self._files = ReportFiles(out)
        self._writing = threading.Lock()
        check_finished(out)
        reports = self._files.read()
        marks.claim(each.submission for each in reports)
        self.lab = lab_of(reports, out, lab)

    def reports(self) -> tuple[Report, ...]:
        """The reports of the class with everything given so far, sorted by student."""
        given = everything(self.marks)
        hand_ins = with_several(self._files.read(), kept_several(self.out))
        counting = counted(rescored(hand_ins, self.lab, given, _now()), self.lab, given)
        return tuple(sorted(counting, key=lambda each: each.submission.id))

    def save(self, mark: Mark, expected: int) -> bool:
        """Save a mark, then write the student's report.json and grades.csv with it.

        Returns True if the files were written. While `grader grade` runs in this folder they are
        not; it will write them with the mark. Raises `Conflict` and `GraderError`.
        """
        self.marks.save(mark, expected)
        return self._write(mark.person)

    def export_sheet(self) -> str:
        """Every question of every student as a line of CSV, with its newest mark."""
        return sheet.render(self.reports(), self.lab, all_marks(self.marks))

    def import_sheet(self, text: str, author: str) -> Imported:
        """Save the marks of a sheet, all or none, as given by `author` now.

        Raises `GraderError` where somebody has changed one of the marks since it was exported.
        """
        signature = sheet.Signature(author=author, at=_now())
        history = self.marks.every_history()
        changes, wrong = sheet.read(text, self.reports(), self.lab, history, signature)
        if wrong:
            return Imported(
                marks=0, wrong=tuple(f"line {each.line}: {each.what}" for each in wrong)
            )
        try:
            self.marks.save_all((change.mark, change.expected) for change in changes)
        except Conflict as conflict:
            raise GraderError(
                f"No mark was imported: {conflict}.",
                help="Export the sheet again and repeat your changes in it.",
            ) from conflict
        self.write_all()
        return Imported(marks=len(changes))

    def write_all(self) -> bool:
        """Write all reports, grades.csv and index.html; return as `save` does."""
        with self._writing:
            try:
                with self._lock():
                    write_results(self.reports(), self.lab, self.out)
            except Timeout:
                return False
        return True

    def _write(self, person: str) -> bool:
        with self._writing:
            try:
                with self._lock():
                    reports = self.reports()
                    report = next(each for each in reports if person_of(each.submission) == person)
                    write_marked(report, reports, self.out)
            except Timeout:
                return False
        return True

    def _lock(self) -> FileLock:
        file = self.out / LOCK
        return FileLock(file, timeout=_SECONDS_TO_WAIT_FOR_A_BATCH, fallback_to_soft=False)


@contextmanager
def open_classroom(out: Path, db: str | None, lab: str | None) -> Iterator[Classroom]:
    """Open the class in `out` with its marks in `db`, by default in `out`. Raises `GraderError`."""
    with open_marks(out, db) as marks:
        yield Classroom(out, lab, marks)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
