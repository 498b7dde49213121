"""What one line of the class table says: the console, the page and the sheet all start here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader import text
from grader.evidence import ids
from grader.evidence.accuracy import Rate
from grader.evidence.latency import LatencyEvidence, Timing
from grader.types import GradeItem, Measurement, Report, Status

# What no hand-in does without, under any rule; a program of one's own is asked for only by some.
GATES = (ids.ARCHIVE, ids.LAYOUT, ids.LINEAGE, ids.MFLOPS, ids.ACCURACY)

# Told apart without colour, and by the word beside it where a terminal lacks the sign.
MARKS = {Status.PASSED: "✓", Status.FAILED: "✗", Status.ERROR: "!", Status.SKIPPED: "-"}
REVIEW_MARK = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One hand-in at a glance; None where something was not measured or is not known yet."""

    report: Report
    verdict: Status
    mflops: float | None
    accuracy: Rate | None
    accuracy_executorch: Rate | None
    latency: Timing | None
    formula_points: float | None
    notes: tuple[str, ...]

    @property
    def student(self) -> str:
        """The id, as the hand-in's name gives it."""
        return self.report.submission.id

    @property
    def to_review(self) -> bool:
        """Whether it passed but for something that a person should look at."""
        return self.verdict is Status.PASSED and self.report.grade.needs_review

    @property
    def mark(self) -> str:
        """One sign for the verdict."""
        return REVIEW_MARK if self.to_review else MARKS[self.verdict]

    @property
    def word(self) -> str:
        """One word for the verdict: a status, or `review`."""
        return "review" if self.to_review else self.verdict.value


def rows(reports: Iterable[Report]) -> tuple[Row, ...]:
    """The class in a stable order: by student, then by the bytes handed in."""
    in_order = sorted(reports, key=lambda each: (each.submission.id, each.submission.sha256))
    return tuple(row(report) for report in in_order)


def row(report: Report) -> Row:
    """One hand-in's line."""
    item = formula_item(report)
    times = LatencyEvidence.read(report.measurement(ids.LATENCY)).timings
    return Row(
        report=report,
        verdict=verdict(report),
        mflops=value(report.measurement(ids.MFLOPS)),
        accuracy=Rate.read(report.measurement(ids.ACCURACY)),
        accuracy_executorch=Rate.read(report.measurement(ids.EXECUTORCH)),
        latency=next((each for each in times if each.threads == 1), None),
        formula_points=None if item is None else item.earned,
        notes=notes(report),
    )


def value(measurement: Measurement | None) -> float | None:
    """The value of a measurement that passed."""
    return measurement.value if measurement is not None and measurement.passed else None


def formula_item(report: Report) -> GradeItem | None:
    """The points that the lab's formula gives."""
    return next((item for item in report.grade.items if item.kind == "formula"), None)


def formula_heading(class_rows: Iterable[Row]) -> str:
    """The formula's points in a heading: the title of their item, up to a colon."""
    items = (formula_item(each.report) for each in class_rows)
    title = next((item.title for item in items if item is not None), "Formula")
    return title.partition(":")[0].strip() or "Formula"


def verdict(report: Report) -> Status:
    """One status for the whole hand-in.

    An error of ours comes first, since it has to be made good before anything is said of the
    hand-in. A check that no points hang on may fail without failing the hand-in.
    """
    measured = report.measurements
    statuses = {item.status for item in report.grade.items}
    statuses |= {each.status for each in measured if each.id in GATES}
    if Status.ERROR in statuses or any(each.status is Status.ERROR for each in measured):
        return Status.ERROR
    if Status.FAILED in statuses:
        return Status.FAILED
    return Status.SKIPPED if report.grade.total is None else Status.PASSED


def notes(report: Report) -> tuple[str, ...]:
    """Why it is not simply passed: what went wrong, then what a person should look at."""
    wrong = [
        each.reason
        for status in (Status.ERROR, Status.FAILED)
        for each in report.measurements
        if each.status is status and each.reason
    ]
    item = formula_item(report)
    if not wrong and item is not None and item.earned is None and item.reason:
        wrong = [item.reason]
    review = report.grade.review or [each.review for each in report.measurements if each.review]
    unsaid = [why for why in review if not any(reason in why for reason in wrong)]
    return tuple(dict.fromkeys([*wrong, *unsaid]))


def counts(class_rows: Sequence[Row]) -> dict[str, int]:
    """How many hand-ins have each word, the words in a fixed order and only those that occur."""
    words = [*(status.value for status in Status), "review"]
    found = {word: sum(each.word == word for each in class_rows) for word in words}
    return {word: many for word, many in found.items() if many}


def pending_points(class_rows: Sequence[Row]) -> str:
    """How many points of a hand-in a person still has to mark: `55`, `5 to 55`, or nothing."""
    pending = sorted({each.report.grade.pending for each in class_rows} - {0.0})
    ends = dict.fromkeys(text.whole(points) for points in (*pending[:1], *pending[-1:]))
    return " to ".join(ends)
