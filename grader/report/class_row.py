"""The rows of the class table, from which the console, the page and the sheet are made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader import text
from grader.evidence import ids
from grader.evidence.accuracy import Rate
from grader.evidence.latency import LatencyEvidence, Timing
from grader.types import GradeItem, Measurement, Report, Status

# The checks that a lab requires of a hand-in; only some labs require a program.
GATES = (ids.ARCHIVE, ids.LAYOUT, ids.LINEAGE, ids.MFLOPS, ids.ACCURACY, ids.WRITE_UP)

# The signs differ without colour; the word beside them helps if a terminal lacks the sign.
MARKS = {Status.PASSED: "✓", Status.FAILED: "✗", Status.ERROR: "!", Status.SKIPPED: "-"}
REVIEW_MARK = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """A summary of one hand-in; a field is None if it was not measured or is not known yet.

    `latency` is the one on one thread.
    """

    report: Report
    status: Status
    mflops: float | None
    accuracy: Rate | None
    accuracy_executorch: Rate | None
    latency: Timing | None
    formula_points: float | None
    notes: tuple[str, ...]

    @property
    def student(self) -> str:
        """The student's id."""
        return self.report.submission.id

    @property
    def comparable_latency(self) -> Timing | None:
        """The latency, if it can be compared with others: None also if the machine was busy."""
        return None if self.latency is None or self.latency.busy else self.latency

    @property
    def is_late(self) -> bool:
        """True if the hand-in came after the due date and the grace period."""
        lateness = self.report.grade.lateness
        return lateness is not None and lateness.punctuality == "late"

    @property
    def lateness_note(self) -> tuple[str, ...]:
        """How late the hand-in was and what that costs, as one text; empty if it was on time.

        A hand-in after the due date that is not late says why. An unknown time is in the notes.
        """
        lateness = self.report.grade.lateness
        if lateness is None or lateness.punctuality == "unknown":
            return ()
        return () if lateness.text in {"", lateness.punctuality} else (lateness.text,)

    @property
    def to_review(self) -> bool:
        """True if the hand-in passed but a person should look at something."""
        return self.status is Status.PASSED and self.report.grade.needs_review

    @property
    def mark(self) -> str:
        """The sign for the status."""
        return REVIEW_MARK if self.to_review else MARKS[self.status]

    @property
    def word(self) -> str:
        """The word for the status: its value, or `review`."""
        return "review" if self.to_review else self.status.value


def class_rows(reports: Iterable[Report]) -> tuple[ClassRow, ...]:
    """Return the rows of a class, sorted by student and then by the hand-in's hash."""
    in_order = sorted(reports, key=lambda each: (each.submission.id, each.submission.sha256))
    return tuple(class_row(report) for report in in_order)


def class_row(report: Report) -> ClassRow:
    """Return the row of one hand-in."""
    item = formula_item(report)
    times = LatencyEvidence.read(report.measurement(ids.LATENCY)).timings
    return ClassRow(
        report=report,
        status=status_of(report),
        mflops=value(report.measurement(ids.MFLOPS)),
        accuracy=Rate.read(report.measurement(ids.ACCURACY)),
        accuracy_executorch=Rate.read(report.measurement(ids.EXECUTORCH)),
        latency=next((each for each in times if each.threads == 1), None),
        formula_points=None if item is None else item.earned,
        notes=notes(report),
    )


def value(measurement: Measurement | None) -> float | None:
    """Return the value of a measurement that passed, otherwise None."""
    return measurement.value if measurement is not None and measurement.passed else None


def formula_item(report: Report) -> GradeItem | None:
    """Return the item whose points the lab's formula gives; None if there is none."""
    return next((item for item in report.grade.items if item.kind == "formula"), None)


def formula_heading(rows: Iterable[ClassRow]) -> str:
    """Return the column heading for the formula's points: their item's title, up to a colon."""
    items = (formula_item(each.report) for each in rows)
    title = next((item.title for item in items if item is not None), "Formula")
    return title.partition(":")[0].strip() or "Formula"


def status_of(report: Report) -> Status:
    """Return one status for the whole hand-in.

    An error of the grader takes precedence: it must be fixed before the hand-in can be judged. A
    check that no points depend on may fail without failing the hand-in, and so may a late one.
    """
    measured = report.measurements
    statuses = {item.status for item in report.grade.items if item.kind != "on-time"}
    statuses |= {each.status for each in measured if each.id in GATES}
    if Status.ERROR in statuses or any(each.status is Status.ERROR for each in measured):
        return Status.ERROR
    if Status.FAILED in statuses:
        return Status.FAILED
    return Status.SKIPPED if report.grade.total is None else Status.PASSED


def notes(report: Report) -> tuple[str, ...]:
    """Return the reasons of errors and failures, then what a person should look at."""
    wrong = [
        each.reason
        for status in (Status.ERROR, Status.FAILED)
        for each in report.measurements
        if each.status is status and each.reason
    ]
    item = formula_item(report)
    if not wrong and item is not None and item.earned is None and item.reason:
        wrong = [item.reason]
    review = report.grade.review
    if report.grade.needs_review and not review:  # an older report
        review = tuple(each.review for each in report.measurements if each.review)
    additional = [why for why in review if not any(reason in why for reason in wrong)]
    return tuple(dict.fromkeys([*wrong, *additional]))


def pending_points(rows: Sequence[ClassRow]) -> str:
    """Return the points per hand-in that a person has yet to mark: `55`, `5 to 55`, or empty."""
    pending = sorted({each.report.grade.pending for each in rows} - {0.0})
    ends = dict.fromkeys(text.whole(points) for points in (*pending[:1], *pending[-1:]))
    return " to ".join(ends)
