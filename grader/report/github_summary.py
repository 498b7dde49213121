"""A job summary in GitHub's Markdown: one hand-in, or a class as a table."""

from collections.abc import Sequence

from grader import text
from grader.evidence.latency import LatencyEvidence
from grader.report.class_row import MARKS, ClassRow, class_row, class_rows
from grader.report.columns.cells import absent_or_points
from grader.report.columns.registry import columns_of
from grader.report.facts import BUSY, BUSY_MARK
from grader.types import Measurement, Report


def render(reports: Sequence[Report]) -> str:
    """Return the checks and points of a single hand-in, or a table with a line for each."""
    if len(reports) == 1:
        return "\n".join(_one(class_row(reports[0]))) + "\n"
    return "\n".join(_class(class_rows(reports))) + "\n"


def _one(line: ClassRow) -> list[str]:
    report = line.report
    return [
        f"## {line.mark} {text.markdown(report.submission.id)}: {line.word}",
        "",
        *_table(("", "Check", "Found"), [_check(each) for each in report.measurements]),
        "",
        *_table(
            ("Points", "Earned", "Of"),
            [
                (
                    text.markdown(item.title),
                    absent_or_points(item.earned),
                    text.whole(item.possible),
                )
                for item in report.grade.items
            ],
        ),
        "",
        *_total(report),
    ]


def _check(measurement: Measurement) -> tuple[str, str, str]:
    texts = " ".join(filter(None, (measurement.reason, measurement.help, measurement.review)))
    value = "" if measurement.value is None else f"{measurement.value:.6g} {measurement.unit}"
    timings = LatencyEvidence.read(measurement).timings
    if value and timings and timings[0].busy:
        value = f"{BUSY_MARK}{value} ({BUSY})"
    return (
        f"{MARKS[measurement.status]} {measurement.status.value}",
        f"`{text.inert(measurement.id).replace('`', '')}`",
        text.markdown(texts or value.strip()),
    )


def _total(report: Report) -> list[str]:
    grade = report.grade
    if grade.total is None:
        return ["**No total**: the grader could not compute the formula's points."]
    least = "At least" if grade.pending else "Total"
    pending = f"; {text.whole(grade.pending)} points are pending" if grade.pending else ""
    lines = [f"**{least} {text.points(grade.total)}**{pending}"]
    if grade.lateness is not None:
        lines += ["", f"Handed in: {text.markdown(grade.lateness.text)}"]
    if grade.estimate:
        lines += ["", "The accuracy is that of a sample: this is not the grade."]
    return lines


def _class(lines: Sequence[ClassRow]) -> list[str]:
    columns = columns_of(lines)
    cells = [
        (
            text.markdown(each.student),
            f"{each.mark} {each.word}",
            *columns.in_summary(each),
            absent_or_points(each.report.grade.total),
            text.markdown(" ".join(each.notes)),
        )
        for each in lines
    ]
    header = ("Student", "Status", *columns.summary(lines), "Total", "Notes")
    return _table(header, cells)


def _table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    rule = "| --- " * len(header) + "|"
    return [f"| {' | '.join(header)} |", rule, *(f"| {' | '.join(each)} |" for each in lines)]
