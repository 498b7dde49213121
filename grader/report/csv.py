"""grades.csv: one line for each hand-in, safe to open in a spreadsheet.

It has no timings, so that grading the same bytes again gives the same file.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from grader import text
from grader.intake.person import person_of
from grader.report.class_row import class_rows
from grader.report.columns.registry import columns_of
from grader.types import Lateness, Report

FIRST = ("student", "status")
LAST = ("pending", "total", "needs_review")
LATENESS_COLUMNS = ("submitted_at", "late", "unpenalised", "penalty")
FOLDER_COLUMN = "folder"
NO_FOLDERS: Mapping[str, str] = MappingProxyType({})


def render(reports: Iterable[Report], folders: Mapping[str, str] = NO_FOLDERS) -> str:
    """Return the sheet with its header, sorted by student; lines end with CRLF (RFC 4180).

    After the figures of the lab's kind there is a column for every item but the formula's, and
    for every question. The columns about lateness follow `reason`; they are left out if nothing is
    known about lateness. The last column has the name of the student's folder, by person in
    `folders`; it is left out if that is empty. Numbers are as measured, points have four digits; an
    unknown cell is empty.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    lines = class_rows(reports)
    parts = tuple(dict.fromkeys(part for row in lines for part in _parts(row.report)))
    columns = columns_of(lines)
    timed = any(row.report.grade.lateness for row in lines)
    last = (*(LATENESS_COLUMNS if timed else ()), *([FOLDER_COLUMN] if folders else ()))
    writer.writerow(
        (
            *(*FIRST, *columns.sheet, *map(text.cell, parts)),
            *(*LAST, *columns.last_in_sheet, "reason", *last),
        )
    )
    for row in lines:
        grade, figures, earned = row.report.grade, columns.in_sheet(row), _parts(row.report)
        at = len(columns.sheet)
        late = _lateness(grade.lateness) if timed else ()
        folder = [text.cell(folders[person_of(row.report.submission)])] if folders else ()
        writer.writerow(
            (
                *(text.cell(row.student), row.status.value, *figures[:at]),
                *(_points(earned.get(each)) for each in parts),
                *(_points(grade.pending), _points(grade.total)),
                *("yes" if grade.needs_review else "no", *figures[at:]),
                *(text.cell(" ".join(row.notes)), *late, *folder),
            )
        )
    return written.getvalue()


def _parts(report: Report) -> dict[str, float | None]:
    """Return the points earned for each item except the formula's, and for each question."""
    items = report.grade.items
    found = {item.id: item.earned for item in items if item.kind != "formula"}
    return found | {f"question {each.id}": each.earned for item in items for each in item.questions}


def _lateness(late: Lateness | None) -> tuple[str, ...]:
    if late is None:
        return ("",) * len(LATENESS_COLUMNS)
    return (
        late.submitted_at or "",
        late.punctuality,
        _points(late.unpenalised),
        _points(late.penalty),
    )


def _points(points: float | None) -> str:
    return "" if points is None else f"{points:.4f}"
