"""Grades into an LMS's own sheet: whose row is whose, and what may stand in it.

A hand-in that came from this LMS is found by the LMS's number alone; any other by id, address, or a
name that nobody shares. What does not fit is listed and left as it was.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.errors import GraderError
from grader.intake.names import same_on_some_system
from grader.lms.columns import name_key
from grader.lms.export.cells import Sheet, number
from grader.report.csv import FORMULA_STARTS
from grader.report.text import inert
from grader.types import Report

LISTED = 8  # names in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the TA wants exported: totals with points pending, scaled, and kept within bounds."""

    include_pending: bool = False
    scale: bool = False
    clamp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One student of the sheet; `closed` says why the grade may not be changed.

    `identity` are the cells that say who it is, `lms_id` the LMS's number among them, and `name`
    the name as the LMS's download has it, None where that cannot be compared.
    """

    line: int
    lms_id: str
    identity: tuple[str, ...]
    name: str | None = None
    closed: str | None = None

    def __str__(self) -> str:
        first = next(filter(None, map(str.strip, self.identity)), self.lms_id)
        return inert(f"{first} ({self.name})" if self.name else first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the grades go: the column, what full marks are there, and the sign of decimals.

    `lowest` and `highest` are what the LMS takes, None without a bound.
    """

    lms: str
    sheet: Sheet
    column: int
    maximum: float
    rows: tuple[Row, ...]
    lowest: float | None = None
    highest: float | None = None
    decimal: str = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The sheet with its grades; `standing` are the rows and reports whose grade is in it now.

    `changed` counts the cells that were written, `left` says what was not and why.
    """

    sheet: Sheet
    standing: tuple[tuple[Row, Report], ...]
    changed: int
    left: tuple[str, ...]


def fill(target: Target, reports: Sequence[Report], rules: Rules) -> Filled:
    """Write every grade that is one, and list the rest.

    Raises `GraderError` where no hand-in has a row, and where the LMS's maximum is not the lab's
    and `rules.scale` does not say what to do.
    """
    pairs, left = matched(target, reports)
    if not pairs:
        raise GraderError(
            "None of the hand-ins has a row in this sheet.",
            help="Is it of another course or assignment? " + " ".join(left[:2]),
        )
    _check_maximum(target, reports, rules)
    left += _formulas(target.sheet)
    sheet, standing, changed = target.sheet, [], 0
    for row, report in pairs:
        points, why = _points(report, target, rules)
        current = sheet.lines[row.line].texts[target.column]
        if points is None:
            left.append(f"{_named(report)}: {why}.")
        elif number(current) is not None and number(current) == points:
            standing.append((row, report))
        elif row.closed is not None:
            left.append(f"{_named(report)}: {row.closed}.")
        else:
            written = f"{points:.2f}".replace(".", target.decimal)
            sheet = sheet.filled(row.line, target.column, written)
            standing.append((row, report))
            changed += 1
    return Filled(sheet=sheet, standing=tuple(standing), changed=changed, left=tuple(left))


def matched(
    target: Target, reports: Sequence[Report]
) -> tuple[list[tuple[Row, Report]], list[str]]:
    """The pairs of row and report that are certain, in the sheet's order; and everything else."""
    finder = _Finder.of(target)
    notes: list[str] = []
    found: defaultdict[int, list[Report]] = defaultdict(list)
    for report in reports:
        row, why = finder.find(report)
        if row is None:
            notes.append(f"{_named(report)}: {why}.")
        else:
            found[row.line].append(report)
    pairs = []
    without = []
    for row in target.rows:
        mine = found[row.line]
        if len(mine) == 1:
            pairs.append((row, mine[0]))
        elif mine:
            notes.append(f"{_listed(map(_named, mine))} have one row: {row}. Nothing was entered.")
        else:
            without.append(str(row))
    if without:
        notes.append(f"In the sheet without a hand-in ({len(without)}): {_listed(without)}.")
    return pairs, notes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finder:
    lms: str
    by_number: dict[str, Row]
    by_cell: dict[str, list[Row]]
    by_name: dict[str, list[Row]]

    @classmethod
    def of(cls, target: Target) -> "_Finder":
        numbers = Counter(row.lms_id for row in target.rows)
        twice = sorted(id for id, often in numbers.items() if often > 1)
        if twice:
            raise GraderError(
                f"The sheet has {_listed(twice)} more than once.",
                help="Give the sheet as the LMS wrote it.",
            )
        by_cell: defaultdict[str, list[Row]] = defaultdict(list)
        by_name: defaultdict[str, list[Row]] = defaultdict(list)
        for row in target.rows:
            for cell in {same_on_some_system(each.strip()) for each in row.identity} - {""}:
                by_cell[cell].append(row)
            for name in {name_key(each) for each in row.identity} - {""}:
                by_name[name].append(row)
        return cls(
            lms=target.lms,
            by_number={row.lms_id: row for row in target.rows},
            by_cell=by_cell,
            by_name=by_name,
        )

    def find(self, report: Report) -> tuple[Row | None, str]:
        """The row of a report, or why there is none."""
        came = report.submission.handed_in
        if came is not None and came.lms == self.lms:
            return self._by_number(came.lms_id or "", came.name)
        sure = [report.submission.id, came.email if came else None]
        for key in filter(None, sure):
            rows = self.by_cell.get(same_on_some_system(key), [])
            if len(rows) == 1:
                return rows[0], ""
            if rows:
                return None, f"{len(rows)} rows have {inert(key)}"
        if came is not None and came.name:
            rows = self.by_name.get(name_key(came.name), [])
            if len(rows) == 1:
                return rows[0], ""
            if rows:
                return None, f"{len(rows)} rows are called {inert(came.name)}"
        return None, "no row in the sheet"

    def _by_number(self, lms_id: str, name: str | None) -> tuple[Row | None, str]:
        row = self.by_number.get(lms_id)
        if row is None:
            return None, f"no row in the sheet with {self.lms.capitalize()}'s number {lms_id}"
        if name is not None and row.name is not None and not _same_name(row.name, name):
            here, there = inert(row.name), inert(name)
            return None, f"{lms_id} is {there} in the download, {here} in the sheet"
        return row, ""


def _same_name(sheet: str, download: str) -> bool:
    """An LMS writes names in files without some of their signs, Moodle with a team before them."""
    named, came = _letters(sheet).split(), _letters(download).split()
    return name_key(" ".join(came[-len(named) :])) == name_key(" ".join(named))


def _letters(name: str) -> str:
    return "".join(each if each.isalnum() else " " for each in name)


def _check_maximum(target: Target, reports: Sequence[Report], rules: Rules) -> None:
    possible = {_possible(each) for each in reports}
    if not rules.scale and possible != {target.maximum}:
        labs = " or ".join(f"{each:g}" for each in sorted(possible))
        raise GraderError(
            f"The sheet's maximum is {target.maximum:g}, the lab's is {labs}.",
            help="Change it in the LMS, or have the points scaled: --scale.",
        )


def _possible(report: Report) -> float:
    return round(sum(item.possible for item in report.grade.items), 6)


def _points(report: Report, target: Target, rules: Rules) -> tuple[float | None, str]:
    """What to enter, to the hundredth; or None and why there is no grade to enter."""
    grade = report.grade
    if grade.total is None:
        return None, "no grade, the machine owes points (an error is no zero)"
    if grade.estimate:
        return None, "no grade, the accuracy is of a sample"
    if grade.pending and not rules.include_pending:
        return None, f"no grade yet, {grade.pending:g} points are pending"
    points = grade.total * (target.maximum / _possible(report) if rules.scale else 1.0)
    low = points if target.lowest is None else max(points, target.lowest)
    bounded = low if target.highest is None else min(low, target.highest)
    if rules.clamp:
        points = bounded
    elif round(points, 2) != round(bounded, 2):
        limit = f"{bounded:g}, the {'most' if points > bounded else 'least'} that the LMS takes"
        return None, f"{points:.2f} points are beyond {limit}; --clamp enters that"
    return round(points, 2) + 0.0, ""  # and never minus zero


def _formulas(sheet: Sheet) -> list[str]:
    """Cells that were live before: they stay what they are, and whoever opens the sheet is told."""
    lines = [
        str(at) for at, line in enumerate(sheet.lines, start=1) if any(map(_is_formula, line.texts))
    ]
    if not lines:
        return []
    where = f"line{'s' if len(lines) > 1 else ''} {', '.join(lines[:LISTED])}"
    return [f"The LMS's own sheet has what a spreadsheet takes for a formula: {where}."]


def _is_formula(cell: str) -> bool:
    plain = cell.strip()
    return len(plain) > 1 and plain.startswith(FORMULA_STARTS) and number(plain) is None


def _named(report: Report) -> str:
    return inert(report.submission.id)


def _listed(names: Iterable[str]) -> str:
    known = list(names)
    shown = "; ".join(known[:LISTED])
    return shown if len(known) <= LISTED else f"{shown}; and {len(known) - LISTED} more"
