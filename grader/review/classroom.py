"""The current state of a class: the measurements in the results folder, and the marks."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from grader.batch.folder_lock import FolderLock
from grader.errors import GraderError
from grader.intake.person import person_of
from grader.labs.spec import LabSpec
from grader.marks import sheet
from grader.marks.decision_store import decisions_of, save_decision
from grader.marks.decisions import Given, settled
from grader.marks.imported import save_imported
from grader.marks.mark_rows import Conflict
from grader.marks.remark_store import CountedRemark, counted_remarks, lines_of_marks
from grader.marks.rules import Part, Scoring, Signature, marked, marks_for, parts, scoring
from grader.marks.store import Marks, all_marks, everything, open_marks
from grader.results.behind import behind
from grader.results.choice import by_person, counted, kept_several
from grader.results.folder import LAB, LAB_FILE, LOCK
from grader.results.read import ReportFiles, check_finished, lab_of
from grader.results.rescored import rescored
from grader.results.write import feedback_pages, write_some
from grader.text import storable
from grader.types import Decision, Mark, Report, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The number of marks that a sheet gave; none where lines of it are `wrong`."""

    marks: int
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scored:
    """A report as stored, and the same scored by `by` with `marks` and `decisions`."""

    stored: Report
    marks: Mapping[str, Mark]
    decisions: Mapping[str, Decision]
    by: Scoring
    report: Report


class Classroom:
    """The hand-ins in grades.csv; their reports are read again when the files change."""

    def __init__(self, out: Path, lab: str | None, marks: Marks) -> None:
        """Raises `GraderError` as `results.read_results` and `results.lab_of` do."""
        self.out = out
        self.marks = marks
        self._files = ReportFiles(out)
        self._lab_name = lab
        self._lab_changed = _changed(out)
        self._scored: dict[str, _Scored] = {}
        check_finished(out)
        stored = self._files.read()
        marks.claim(each.submission for each in stored)
        self._by = self._scoring(stored)

    @property
    def lab(self) -> LabSpec:
        """The lab by which the class is scored."""
        return self._by.lab

    def reports(self) -> tuple[Report, ...]:
        """The reports of the class with the marks given so far, sorted by student."""
        return self._reports(self._files.read())

    def people(self) -> dict[str, Submission]:
        """The hand-ins of the class, by person as the database has them; nothing is scored."""
        stored = (each.submission for each in self._files.read())
        return {storable(person_of(each)): each for each in stored}

    def report(self, student: str) -> Report | None:
        """One student's report with the marks given so far; None if `reports` has not given it."""
        stored = self._files.read_one(student)
        if stored is None:
            return None
        person = storable(person_of(stored.submission))
        decisions = {each.subject: each for each in decisions_of(self.marks.engine, person)}
        given = Given(marks={person: self.marks.of(person)}, decisions={person: decisions})
        return self._counted([stored], given)[0]

    def save(self, mark: Mark, expected: int) -> None:
        """Save a mark in the database; `write` writes it to the files.

        Raises `Conflict` and `GraderError`.
        """
        self.marks.save(mark, expected)

    def decide(self, decision: Decision, expected: int) -> None:
        """Save a decision in the database; `write` writes what follows from it to the files.

        Raises `Overtaken` and `GraderError`.
        """
        save_decision(self.marks.engine, decision, expected)

    def decisions(self, report: Report) -> tuple[Decision, ...]:
        """All decisions on the person of a report, the oldest first."""
        return decisions_of(self.marks.engine, person_of(report.submission))

    def several(self, report: Report) -> Sequence[Report]:
        """All hand-ins of the person of a report, if there are several; else none."""
        return by_person(kept_several(self.out)).get(person_of(report.submission), ())

    def export_sheet(self) -> str:
        """Every question of every student as a line of CSV, with its newest mark."""
        remarks = lines_of_marks(self.marks.engine)
        return sheet.render(self.reports(), self.lab, all_marks(self.marks), remarks)

    def remarks(self) -> tuple[tuple[Part, CountedRemark], ...]:
        """The remarks of each part, in the lab's order, with the number of students who have them.

        Only students of the class count.
        """
        found = counted_remarks(self.marks.engine, self.people())
        return tuple((part, each) for part in parts(self.lab) for each in found.get(part.id, ()))

    def import_sheet(self, text: str, author: str) -> Imported:
        """Save the marks of a sheet, all or none, as given by `author` now, and write the files.

        Raises `GraderError` where somebody has changed one of the marks since it was exported, and
        `Busy` if another process holds the folder; then no mark is saved.
        """
        with self._locked():
            history = self.marks.every_history()
            signature = Signature(author=author, at=_now())
            changes, wrong = sheet.read(text, self.reports(), self.lab, history, signature)
            if wrong:
                return Imported(
                    marks=0, wrong=tuple(f"line {each.line}: {each.what}" for each in wrong)
                )
            try:
                saved = [(change.mark, change.expected) for change in changes]
                save_imported(self.marks.engine, saved)
            except Conflict as conflict:
                raise GraderError(
                    f"No mark was imported: {conflict}.",
                    help="Export the sheet again and repeat your changes in it.",
                ) from conflict
            self._write()
        return Imported(marks=len(changes))

    def write(self, seconds: float | None = None) -> int:
        """Write the files that are behind the marks; return the number of students concerned.

        Waits up to `seconds` for the folder, `folder_lock.SECONDS_TO_WAIT` if it is None. Raises
        `Busy` if another process holds it longer: a batch writes the marks itself. Raises
        `GraderError` if a file cannot be written, and after an interrupted rescore.
        """
        with self._locked(seconds):
            return self._write()

    def feedback(self, some: Sequence[Report], reports: Sequence[Report]) -> Iterator[str]:
        """Yield feedback.html of each student in `some`, made now; `reports` is the class."""
        return feedback_pages(some, reports, self.lab, self.out)

    @contextmanager
    def _locked(self, seconds: float | None = None) -> Iterator[None]:
        lock = FolderLock(self.out / LOCK)
        try:
            lock.acquire(seconds)
        except OSError as error:
            raise GraderError(
                f"{self.out} cannot be written: {error.strerror or error}.",
                help="The marks are saved in the database.",
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _write(self) -> int:
        check_finished(self.out)
        stored = self._files.read()
        if _changed(self.out) != self._lab_changed:
            self._renew(stored)
        reports = self._reports(stored)
        late = behind(stored, reports, self.out)
        if late:
            write_some(late, reports, self.lab, self.out)
        return len(late)

    def _reports(self, stored: Sequence[Report]) -> tuple[Report, ...]:
        if _changed(self.out) != self._lab_changed:
            with suppress(GraderError):  # a rescore is under way: the old lab until it ends
                self._renew(stored)
        return self._counted(stored, everything(self.marks))

    def _counted(self, stored: Sequence[Report], given: Given) -> tuple[Report, ...]:
        """Return the reports with everything given; the hand-in that counts where are several."""
        several = by_person(kept_several(self.out))
        found = []
        for each in stored:
            mine = several.get(person_of(each.submission))
            if mine is None:
                found.append(self._marked(each, given))
            else:
                scored = rescored(mine, self.lab, given, _now())
                found += counted(scored, replace(self._by, graded_at=_now()), given)
        return tuple(found)

    def _marked(self, stored: Report, given: Given) -> Report:
        """Return the report with everything given; it is scored only if something has changed."""
        marks = marks_for(stored.submission, given.marks)
        person = person_of(stored.submission)
        decisions = given.decisions.get(storable(person), {})
        by, known = self._by, self._scored.get(person)
        if (
            known is None
            or known.stored is not stored
            or known.by is not by
            or known.marks != marks
            or known.decisions != decisions
        ):
            report = settled(marked(stored, replace(by, graded_at=_now()), marks), given)
            known = _Scored(stored=stored, marks=marks, decisions=decisions, by=by, report=report)
            self._scored[person] = known
        return known.report

    def _renew(self, stored: Sequence[Report]) -> None:
        changed = _changed(self.out)
        self._by = self._scoring(stored)
        self._lab_changed = changed

    def _scoring(self, stored: Sequence[Report]) -> Scoring:
        return scoring(lab_of(stored, self.out, self._lab_name), _now())


@contextmanager
def open_classroom(out: Path, db: str | None, lab: str | None) -> Iterator[Classroom]:
    """Open the class in `out` with its marks in `db`, by default in `out`. Raises `GraderError`."""
    with open_marks(out, db) as marks:
        yield Classroom(out, lab, marks)


def _changed(out: Path) -> int:
    """Return the time of the kept lab's file in ns, by which a rescore is noticed; 0 if none."""
    try:
        return (out / LAB / LAB_FILE).stat().st_mtime_ns
    except OSError:
        return 0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
