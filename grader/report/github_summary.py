"""A job summary in GitHub's Markdown: one hand-in, or a class as a table."""

from collections.abc import Iterator, Sequence

from grader import text
from grader.evidence.latency import LatencyEvidence
from grader.report.check_names import names_of
from grader.report.class_row import MARKS, ClassRow, class_row, class_rows
from grader.report.columns.cells import absent_or_points
from grader.report.columns.registry import columns_of
from grader.report.facts import BUSY, facts
from grader.report.listed_checks import listed_checks
from grader.report.verdict import Verdict, total_words, verdict_of
from grader.types import Grade, Measurement, Report, Status


def render(reports: Sequence[Report]) -> str:
    """Return the checks and points of a single hand-in, or a table with a line for each."""
    if len(reports) == 1:
        return "\n".join(_one(class_row(reports[0]))) + "\n"
    return "\n".join(_class(class_rows(reports))) + "\n"


def _one(line: ClassRow) -> list[str]:
    report, names = line.report, names_of(line.report)
    verdict = verdict_of(report, names)
    return [
        f"## {line.mark} {text.markdown(report.submission.id)}: {line.word}",
        "",
        *_to_fix(verdict),
        *_table(
            ("", "Check", "Found"),
            [
                *(_check(each, names[each.id]) for each in listed_checks(report)),
                *(_skipped(each) for each in verdict.not_looked_at),
            ],
        ),
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


def _to_fix(verdict: Verdict) -> Iterator[str]:
    """Yield why the hand-in is not accepted, each with its remedy; nothing if it is."""
    if not verdict.to_fix:
        return
    yield from ("### What to fix", "")
    for number, each in enumerate(verdict.to_fix, start=1):
        remedy = f" {text.markdown(each.remedy)}" if each.remedy else ""
        yield f"{number}. **{text.markdown(each.name)}**: {text.markdown(each.reason)}{remedy}"
    yield ""


def _skipped(line: str) -> tuple[str, str, str]:
    return f"{MARKS[Status.SKIPPED]} {Status.SKIPPED.value}", "", text.markdown(line)


def _check(measurement: Measurement, name: str) -> tuple[str, str, str]:
    texts = " ".join(filter(None, (measurement.reason, measurement.help, measurement.review)))
    found = next(iter(facts(measurement)), "")
    timings = LatencyEvidence.read(measurement).timings
    if timings and timings[0].busy:
        found = f"{found} ({BUSY})"
    return (
        f"{MARKS[measurement.status]} {measurement.status.value}",
        f"{text.markdown(name)} `{text.inert(measurement.id).replace('`', '')}`",
        text.markdown(texts or found),
    )


def _total(report: Report) -> list[str]:
    grade = report.grade
    if grade.total is None:
        return ["**No total**: the grader could not compute the formula's points."]
    lines = [f"**{total_words(grade)}: {text.so_far(grade.total, grade.pending)}**"]
    if grade.lateness is not None:
        lines += ["", f"Handed in: {text.markdown(grade.lateness.text)}"]
    if grade.estimate:
        lines += ["", "The accuracy is that of a sample: this is not the grade."]
    return lines


def _total_cell(grade: Grade) -> str:
    return "" if grade.total is None else text.so_far(grade.total, grade.pending)


def _class(lines: Sequence[ClassRow]) -> list[str]:
    columns = columns_of(lines)
    cells = [
        (
            text.markdown(each.student),
            f"{each.mark} {each.word}",
            *columns.in_summary(each),
            _total_cell(each.report.grade),
            text.markdown(" ".join(each.notes)),
        )
        for each in lines
    ]
    header = ("Student", "Status", *columns.summary(lines), "Total", "Notes")
    return _table(header, cells)


def _table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    rule = "| --- " * len(header) + "|"
    return [f"| {' | '.join(header)} |", rule, *(f"| {' | '.join(each)} |" for each in lines)]
