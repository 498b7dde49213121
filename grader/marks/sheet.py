"""Marks as a CSV sheet: one line for each part of each hand-in, written and read.

A cell that a spreadsheet would evaluate as a formula gets an apostrophe in front, which is removed
when the sheet is read.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader import text
from grader.intake.person import person_of
from grader.labs.spec import LabSpec
from grader.marks.rules import (
    AllMarks,
    Part,
    Signature,
    machine_points,
    marks_for,
    objection,
    parts,
    tidy,
)
from grader.marks.store import AllHistories
from grader.text import storable
from grader.types import Mark, Report

COLUMNS = (
    "student", "part", "title", "possible", "points", "comment", "remarks", "author", "at",
    "version",
)  # fmt: skip
_NEEDED = ("student", "part", "points", "comment")
_NUMBER = re.compile(r"[+-]?(\d{1,9}(\.\d{0,9})?|\.\d{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A fault of one line of a sheet; the header is line 1."""

    line: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The mark of a changed line, to be saved after the version `expected`."""

    line: int
    mark: Mark
    expected: int


def render(
    reports: Iterable[Report], lab: LabSpec, marks: AllMarks, remarks: Mapping[tuple[str, str], str]
) -> str:
    """The sheet with its header, with CRLF line ends; unmarked parts have empty cells.

    `remarks` are the lines of each mark's remarks, by (person, part); the comment has them too, and
    they are not read again.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for report in sorted(reports, key=lambda each: each.submission.id):
        student = report.submission.id
        given = marks_for(report.submission, marks)
        person = storable(person_of(report.submission))
        for part in parts(lab):
            lines = remarks.get((person, part.id), "")
            writer.writerow(_cells(student, part, given.get(part.id), lines))
    return written.getvalue()


def read(
    written: str, reports: Sequence[Report], lab: LabSpec, given: AllHistories, signature: Signature
) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """The changes of a sheet and all of its faults; save the changes only if there are no faults.

    A line that equals the version that it names is unchanged, even if newer marks exist. Columns
    may be in any order, separated by commas, semicolons or tabs. A sheet without the column
    `version` is assumed to be based on the newest marks.
    """
    lines = io.StringIO(written.removeprefix("\ufeff"), newline="")
    header = lines.readline()
    lines.seek(0)
    delimiter = max(",;\t", key=header.count)
    rows = csv.DictReader(lines, delimiter=delimiter, restkey="more", restval="")
    missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        return (), (Problem(line=1, what=f"no column {', '.join(missing)}"),)
    reader = _Reader(
        reports={text.cell(each.submission.id): each for each in reports},
        lab=lab,
        parts={each.id: each for each in parts(lab)},
        given=given,
        signature=signature,
        decimal_comma=delimiter != ",",
    )
    changes, problems = [], []
    seen: dict[tuple[str, str], int] = {}
    try:
        for cells in rows:
            try:
                change = reader.change(rows.line_num, cells, seen)
            except ValueError as error:
                problems.append(Problem(line=rows.line_num, what=str(error)))
            else:
                changes += [change] if change else []
    except csv.Error as error:
        problems.append(Problem(line=rows.line_num + 1, what=str(error)))
    return tuple(changes), tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    reports: Mapping[str, Report]
    lab: LabSpec
    parts: Mapping[str, Part]
    given: AllHistories
    signature: Signature
    decimal_comma: bool

    def change(
        self, line: int, cells: Mapping[str, str], seen: dict[tuple[str, str], int]
    ) -> Change | None:
        """The change of a line, None if it has none. Raises `ValueError` with the line's fault."""
        report = self.reports.get(cells["student"].strip()) or self.reports.get(cells["student"])
        if report is None:
            raise ValueError(f"no student {_named(cells['student'])}")
        part = self.parts.get(text.from_cell(cells["part"].strip()))
        if part is None:
            raise ValueError(f"no question {_named(cells['part'])}")
        student = report.submission.id
        earlier = seen.setdefault((student, part.id), line)
        if earlier != line:
            raise ValueError(f"the same student and question as line {earlier}")
        person = person_of(report.submission)
        history = self.given.get(storable(person), {}).get(part.id, ())
        current = history[-1] if history else None
        points, comment = self._points(cells["points"]), tidy(text.from_cell(cells["comment"]))
        if (points, comment) == _said(current):
            return None
        known = _known(cells.get("version"), history)
        if (points, comment) == _said(known):
            return None
        expected = known.version if known else 0
        if current and known != current:
            raise ValueError(
                f"{current.author} has meanwhile given {_number(current.points) or 'no points'} "
                f"(version {current.version}; the sheet has version {expected})"
            )
        wrong = objection(part, points, comment, machine_points(report, self.lab, part))
        if wrong:
            raise ValueError(wrong)
        mark = Mark(
            person=person,
            student=student,
            part=part.id,
            points=points,
            comment=comment,
            author=self.signature.author,
            at=self.signature.at,
            version=expected + 1,
        )
        return Change(line=line, mark=mark, expected=expected)

    def _points(self, cell: str) -> float | None:
        number = cell.strip()
        if self.decimal_comma:
            number = number.replace(",", ".")
        if not number:
            return None
        if not _NUMBER.fullmatch(number):
            raise ValueError(f"points are not a number: {_named(cell)}")
        return round(float(number), 4)


def _cells(student: str, part: Part, mark: Mark | None, remarks: str) -> tuple[str, ...]:
    return (
        text.cell(student),
        text.quoted(part.id),
        text.quoted(part.title),
        f"{part.possible:g}",
        _number(mark.points) if mark else "",
        text.quoted(mark.comment) if mark else "",
        text.quoted(remarks),
        text.cell(mark.author) if mark else "",
        mark.at if mark else "",
        str(mark.version) if mark else "0",
    )


def _said(mark: Mark | None) -> tuple[float | None, str]:
    return (mark.points, mark.comment) if mark else (None, "")


def _known(cell: str | None, history: Sequence[Mark]) -> Mark | None:
    """The version that a line names, the newest if it names none; None for version 0."""
    if cell is None or not cell.strip():
        return history[-1] if history else None
    if not cell.strip().isdecimal():
        raise ValueError(f"version is not a whole number: {_named(cell)}")
    if int(cell) == 0:
        return None
    named = next((each for each in history if each.version == int(cell)), None)
    if named is None:
        raise ValueError(f"this mark has no version {_named(cell)}")
    return named


def _number(points: float | None) -> str:
    return "" if points is None else f"{points:.4f}".rstrip("0").rstrip(".")


def _named(cell: str) -> str:
    shown = text.inert(cell)
    return f"“{shown[:60]}…”" if len(shown) > 60 else f"“{shown}”"
