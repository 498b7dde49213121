"""Grades into an LMS's own sheet: whose row is whose, and what may stand in it.

A hand-in that came from this LMS is found by the LMS's number alone; any other by id, address, or a
name that nobody shares; and never where the row has another name. What does not fit is listed and
left as it was.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.errors import GraderError
from grader.intake.names import same_on_some_system
from grader.lms.cells import Sheet, number
from grader.lms.people import name_key, same_name
from grader.report.csv import FORMULA_STARTS
from grader.text import inert
from grader.types import Arrival, Report

LISTED = 8  # names in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the TA wants exported: totals with points pending, scaled, and kept within bounds."""

    include_pending: bool = False
    scale: bool = False
    clamp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
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
        return inert(f"{first} ({self.name})" if self.name not in {None, first} else first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the grades go: the column, what full marks are there, and the sign of decimals.

    `lowest` and `highest` are what the LMS takes, None without a bound. `hidden` is what the LMS
    calls everybody whose name it hides. `grouped` says that a hand-in from this LMS can have a
    group's name in place of a student's, so that the number alone counts.
    """

    lms: str
    sheet: Sheet
    column: int
    maximum: float
    rows: tuple[SheetRow, ...]
    lowest: float | None = None
    highest: float | None = None
    decimal: str = "."
    hidden: str = ""
    grouped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The sheet with its grades; `standing` are the rows and reports whose grade is in it now.

    `matched` are all rows with a hand-in. `changed` counts the cells that were written, `left` says
    what was not and why, and which grades that were a person should look at.
    """

    sheet: Sheet
    matched: tuple[tuple[SheetRow, Report], ...]
    standing: tuple[tuple[SheetRow, Report], ...]
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
    left += [
        f"{_named(report)}: its grade is in the sheet and needs review: {_review(report)}."
        for _, report in standing
        if report.grade.needs_review
    ]
    return Filled(
        sheet=sheet,
        matched=tuple(pairs),
        standing=tuple(standing),
        changed=changed,
        left=tuple(left),
    )


def matched(
    target: Target, reports: Sequence[Report]
) -> tuple[list[tuple[SheetRow, Report]], list[str]]:
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
    target: Target
    by_number: dict[str, SheetRow]
    by_cell: dict[str, list[SheetRow]]
    by_name: dict[str, list[SheetRow]]

    @classmethod
    def of(cls, target: Target) -> "_Finder":
        numbers = Counter(row.lms_id for row in target.rows)
        twice = sorted(id for id, often in numbers.items() if often > 1)
        if twice:
            raise GraderError(
                f"The sheet has {_listed(twice)} more than once.",
                help="Give the sheet as the LMS wrote it.",
            )
        by_cell: defaultdict[str, list[SheetRow]] = defaultdict(list)
        by_name: defaultdict[str, list[SheetRow]] = defaultdict(list)
        for row in target.rows:
            for cell in {same_on_some_system(each.strip()) for each in row.identity} - {""}:
                by_cell[cell].append(row)
            for name in {name_key(each) for each in row.identity} - {""}:
                by_name[name].append(row)
        return cls(
            target=target,
            by_number={row.lms_id: row for row in target.rows},
            by_cell=by_cell,
            by_name=by_name,
        )

    def find(self, report: Report) -> tuple[SheetRow | None, str]:
        """The row of a report, or why there is none."""
        came = report.submission.handed_in
        if came is not None and came.lms == self.target.lms:
            return self._by_number(came)
        sure = [came.email if came else None, report.submission.id]
        names = _names(came)
        for key in filter(None, sure):
            rows = self.by_cell.get(same_on_some_system(key), [])
            if len(rows) == 1:
                return self._unless_another(rows[0], names, key)
            if rows:
                return None, f"{len(rows)} rows have {inert(key)}"
        for name in names[:1]:
            rows = self.by_name.get(name_key(name), [])
            if len(rows) == 1:
                return rows[0], ""
            if rows:
                return None, f"{len(rows)} rows are called {inert(name)}"
        return None, "no row in the sheet"

    def _by_number(self, came: Arrival) -> tuple[SheetRow | None, str]:
        lms, number = self.target.lms.capitalize(), came.lms_id or ""
        row = self.by_number.get(number)
        if row is None:
            return None, f"no row in the sheet with {lms}'s number {number}"
        return (row, "") if self.target.grouped else self._unless_another(row, _names(came), number)

    def _unless_another(
        self, row: SheetRow, names: Sequence[str], key: str
    ) -> tuple[SheetRow | None, str]:
        hidden = self.target.hidden
        shown = [name for name in names if not hidden or not same_name(hidden, name)]
        if row.name is None or not shown or any(same_name(row.name, name) for name in shown):
            return row, ""
        here, there = inert(row.name), inert(", ".join(names))
        return None, f"{inert(key)} is {there} in the download, {here} in the sheet"


def _names(came: Arrival | None) -> tuple[str, ...]:
    if came is None:
        return ()
    known = [each.name for each in came.members[:1]] or [came.name]
    return tuple(name for name in known if name)


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


def _review(report: Report) -> str:
    return inert("; ".join(report.grade.review[:2]) or "its page says why")


def _named(report: Report) -> str:
    return inert(report.submission.id)


def _listed(names: Iterable[str]) -> str:
    known = list(names)
    shown = "; ".join(known[:LISTED])
    return shown if len(known) <= LISTED else f"{shown}; and {len(known) - LISTED} more"
