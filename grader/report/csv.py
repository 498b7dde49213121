"""grades.csv: one line for each hand-in, safe to open in a spreadsheet.

It has no timings, so that grading the same bytes again gives the same file.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from grader import text
from grader.evidence.accuracy import Rate
from grader.intake.person import person_of
from grader.report.class_row import ClassRow, class_rows
from grader.report.facts import SAMPLE
from grader.types import Lateness, Report

COLUMNS = (
    "student",
    "status",
    "MFLOPs",
    "accuracy",
    "correct",
    "images",
    "accuracy_executorch",
    "part2",
    "pending",
    "total",
    "needs_review",
    "estimate",
    "reason",
)
LATENESS_COLUMNS = ("submitted_at", "late", "unpenalised", "penalty")
FOLDER_COLUMN = "folder"
NO_FOLDERS: Mapping[str, str] = MappingProxyType({})


def render(reports: Iterable[Report], folders: Mapping[str, str] = NO_FOLDERS) -> str:
    """Return the sheet with its header, sorted by student; lines end with CRLF (RFC 4180).

    After `part2` (in every lab the formula's points) there is a column for every other item and
    for every question. The columns about lateness follow; they are left out if nothing is known
    about lateness. The last column has the name of the student's folder, by person in `folders`; it
    is left out if that is empty. Numbers are as measured, points have four digits; an unknown cell
    is empty.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    lines = class_rows(reports)
    parts = tuple(dict.fromkeys(part for row in lines for part in _parts(row.report)))
    at = COLUMNS.index("part2") + 1
    timed = any(row.report.grade.lateness for row in lines)
    last = (*(LATENESS_COLUMNS if timed else ()), *([FOLDER_COLUMN] if folders else ()))
    writer.writerow((*COLUMNS[:at], *map(text.cell, parts), *COLUMNS[at:], *last))
    for row in lines:
        cells, earned = _cells(row), _parts(row.report)
        points = (_points(earned.get(each)) for each in parts)
        late = _lateness(row.report.grade.lateness) if timed else ()
        folder = [text.cell(folders[person_of(row.report.submission)])] if folders else ()
        writer.writerow((*cells[:at], *points, *cells[at:], *late, *folder))
    return written.getvalue()


def _parts(report: Report) -> dict[str, float | None]:
    """Return the points earned for each item except the formula's, and for each question."""
    items = report.grade.items
    found = {item.id: item.earned for item in items if item.kind != "formula"}
    return found | {f"question {each.id}": each.earned for item in items for each in item.questions}


def _cells(row: ClassRow) -> tuple[str, ...]:
    grade = row.report.grade
    return (
        text.cell(row.student),
        row.status.value,
        "" if row.mflops is None else text.mflops(row.mflops),
        _fraction(row.accuracy),
        _count(row.accuracy.correct if row.accuracy else None),
        _count(row.accuracy.total if row.accuracy else None),
        _fraction(row.accuracy_executorch),
        _points(row.formula_points),
        _points(grade.pending),
        _points(grade.total),
        "yes" if grade.needs_review else "no",
        SAMPLE if grade.estimate else "",
        text.cell(" ".join(row.notes)),
    )


def _lateness(late: Lateness | None) -> tuple[str, ...]:
    if late is None:
        return ("",) * len(LATENESS_COLUMNS)
    return (
        late.submitted_at or "",
        late.punctuality,
        _points(late.unpenalised),
        _points(late.penalty),
    )


def _fraction(rate: Rate | None) -> str:
    return "" if rate is None else f"{rate.value:.6g}"


def _count(images: int | None) -> str:
    return "" if images is None else str(images)


def _points(points: float | None) -> str:
    return "" if points is None else f"{points:.4f}"
