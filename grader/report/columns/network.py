"""The columns of a lab of networks: MFLOPs, accuracy, latency, the formula's points."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from grader import text
from grader.evidence.accuracy import Rate
from grader.evidence.latency import Timing
from grader.report.class_row import ClassRow, formula_heading
from grader.report.columns.cells import ABSENT, absent_or_points
from grader.report.facts import BUSY, BUSY_MARK, SAMPLE, SAMPLE_MARK, busy_mark, interval


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkColumns:
    """The columns of a lab of networks; `part2` has the formula's points in every lab."""

    sheet: tuple[str, ...] = (
        "MFLOPs",
        "accuracy",
        "correct",
        "images",
        "accuracy_executorch",
        "part2",
    )
    last_in_sheet: tuple[str, ...] = ("estimate",)

    def in_sheet(self, row: ClassRow) -> tuple[str, ...]:
        """Return the figures as measured; an unknown one is empty."""
        return (
            "" if row.mflops is None else text.mflops(row.mflops),
            _fraction(row.accuracy),
            _count(row.accuracy.correct if row.accuracy else None),
            _count(row.accuracy.total if row.accuracy else None),
            _fraction(row.accuracy_executorch),
            "" if row.formula_points is None else f"{row.formula_points:.4f}",
            SAMPLE if row.report.grade.estimate else "",
        )

    def table(self, rows: Sequence[ClassRow]) -> tuple[str, ...]:
        """Return the headings; the first is the formula's item."""
        return formula_heading(rows), "MFLOPs", "PyTorch", "ExecuTorch", "p50 ms", "Faster"

    def in_table(self, row: ClassRow) -> tuple[Text, ...]:
        """Return the figures with the marks of a sample and of a busy machine."""
        return (
            _points(row),
            ABSENT if row.mflops is None else Text(text.mflops(row.mflops)),
            _accuracy(row.accuracy),
            _accuracy(row.accuracy_executorch),
            *_latency(row.latency),
        )

    def footnotes(self, rows: Sequence[ClassRow]) -> Iterator[Text]:
        """Yield the meaning of the marks, and the intervals of a sample."""
        sampled = [row for row in rows if row.report.grade.estimate]
        if sampled:
            yield Text(f"{SAMPLE_MARK} {SAMPLE}; 95 % intervals of the accuracy:")
            for row in sampled:
                yield Text(f"  {text.inert(row.student)}  {interval(row.accuracy)}")
        if any(row.latency and row.latency.busy for row in rows):
            yield Text(f"{BUSY_MARK} {BUSY}.")

    def summary(self, rows: Sequence[ClassRow]) -> tuple[str, ...]:
        """Return the headings; the last is the formula's item."""
        return "MFLOPs", "Accuracy", text.markdown(formula_heading(rows))

    def in_summary(self, row: ClassRow) -> tuple[str, ...]:
        """Return the figures; an unknown one is empty."""
        return (
            "" if row.mflops is None else f"{row.mflops:.2f}",
            "" if row.accuracy is None else text.percent(row.accuracy.value),
            absent_or_points(row.formula_points),
        )


def _accuracy(rate: Rate | None) -> Text:
    if rate is None:
        return ABSENT
    return Text((SAMPLE_MARK if rate.sample else "") + text.percent(rate.value))


def _latency(timing: Timing | None) -> tuple[Text, Text]:
    if timing is None:
        return ABSENT, ABSENT
    mark = busy_mark(timing)
    faster = ABSENT if timing.speedup is None else Text(f"{mark}{timing.speedup:.2f}x")
    return Text(f"{mark}{timing.p50:.2f}"), faster


def _points(row: ClassRow) -> Text:
    if row.formula_points is None:
        return ABSENT
    mark = SAMPLE_MARK if row.report.grade.estimate else ""
    return Text(mark + text.points(row.formula_points), style="bold")


def _fraction(rate: Rate | None) -> str:
    return "" if rate is None else f"{rate.value:.6g}"


def _count(images: int | None) -> str:
    return "" if images is None else str(images)
