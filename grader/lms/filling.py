"""Enter grades into an LMS's own sheet.

The row of a hand-in from this LMS is found only by the LMS's number; that of any other by id, email
address or unique name. A row with another name is never used, nor any row while it is not certain
whose hand-in it is. Grades that cannot be entered are listed, and their cells stay as they were.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.errors import GraderError
from grader.intake.names import same_on_some_system
from grader.lms.cells import Sheet, number
from grader.lms.people import name_key, same_name
from grader.text import FORMULA_STARTS, counted, inert, sentence, several
from grader.types import Arrival, Report

LISTED = 8  # names in one sentence

ONE_PENDING = "no grade yet: 1 point is pending"
SEVERAL_PENDING = "no grade yet: {count:g} points are pending"
ONE_FORMULA = (
    "The sheet from the LMS has a cell that a spreadsheet runs as a formula: line {lines}."
)
FORMULAS = "The sheet from the LMS has cells that a spreadsheet runs as a formula: lines {lines}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The options of an export: with totals that have points pending, scaled, clamped."""

    include_pending: bool = False
    scale: bool = False
    clamp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """The row of one student; `closed` is the reason why its grade may not be changed, or None.

    `identity` are the cells that identify the student, `lms_id` is the LMS's number, and `name`
    the name as in the LMS's download, None if it cannot be compared.
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
    """A sheet to enter grades into: the column, its maximum and its decimal separator.

    `lowest` and `highest` bound the points that the LMS accepts, None without a bound. `hidden`
    is the LMS's word in place of a hidden name. `grouped` is True if a hand-in from this LMS can
    have the name of a group, so that only the number is compared.
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

    `matched` are all rows with a hand-in. `changed` is the number of cells written. `left` lists
    the grades that were not entered, with the reason, and those that need review.
    """

    sheet: Sheet
    matched: tuple[tuple[SheetRow, Report], ...]
    standing: tuple[tuple[SheetRow, Report], ...]
    changed: int
    left: tuple[str, ...]


def fill(target: Target, reports: Sequence[Report], rules: Rules) -> Filled:
    """Enter every final grade into its row, and list the others.

    Raises `GraderError` if no hand-in has a row, and if the LMS's maximum is not the lab's and
    `rules.scale` is False.
    """
    pairs, left = matched(target, reports)
    if not pairs:
        raise GraderError(
            "None of the hand-ins has a row in this sheet.",
            help="Check that it is of this course and assignment. " + " ".join(left[:2]),
        )
    _check_maximum(target, reports, rules)
    left += _formulas(target.sheet)
    sheet, standing, changed = target.sheet, [], 0
    for row, report in pairs:
        points, why = _points(report, target, rules)
        current = sheet.lines[row.line].texts[target.column]
        if points is None:
            left.append(f"{_named(report)}: {sentence(why)}")
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
        f"{_named(report)}: the grade in the sheet needs review: {_review(report)}."
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
    """Return the certain pairs of row and report in the sheet's order, and notes on the rest."""
    finder = _Finder.of(target)
    notes: list[str] = []
    found: defaultdict[int, list[Report]] = defaultdict(list)
    for report in reports:
        doubt = _doubt(report)
        row, why = (
            finder.find(report) if doubt is None else (None, f"no grade was entered: {doubt}")
        )
        if row is None:
            notes.append(f"{_named(report)}: {sentence(why)}")
        else:
            found[row.line].append(report)
    pairs = []
    without = []
    for row in target.rows:
        mine = found[row.line]
        if len(mine) == 1:
            pairs.append((row, mine[0]))
        elif mine:
            notes.append(
                f"{several(map(_named, mine), LISTED, '; ')} have the same row: {row}. "
                "No grade was entered."
            )
        else:
            without.append(str(row))
    if without:
        notes.append(f"Rows without a hand-in ({len(without)}): {several(without, LISTED, '; ')}.")
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
                f"The sheet has more than one row of {several(twice, LISTED, '; ')}.",
                help="Give the sheet as downloaded from the LMS.",
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
        """Return the row of a report, or None and the reason."""
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
                return None, f"{len(rows)} rows have the name {inert(name)}"
        return None, "no row in the sheet"

    def _by_number(self, came: Arrival) -> tuple[SheetRow | None, str]:
        lms, number = self.target.lms.capitalize(), came.lms_id or ""
        row = self.by_number.get(number)
        if row is None:
            return None, f"no row in the sheet with the {lms} number {number}"
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


def _doubt(report: Report) -> str | None:
    """Return why it is not certain whose hand-in it is; None if it is, or that was settled."""
    came = report.submission.handed_in
    if came is None or came.review is None:
        return None
    if not any(came.review in each for each in report.grade.review):  # somebody has looked at it
        return None
    return inert(came.review.rstrip("."))


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
            help="Change it in the LMS, or scale the points with --scale.",
        )


def _possible(report: Report) -> float:
    return round(sum(item.possible for item in report.grade.items), 6)


def _points(report: Report, target: Target, rules: Rules) -> tuple[float | None, str]:
    """Return the points to enter, rounded to 0.01; or None and the reason."""
    grade = report.grade
    if grade.total is None:
        return None, "no grade: the grader failed on some points, which is not a zero"
    if grade.estimate:
        return None, "no grade: the accuracy was measured on a sample"
    if grade.pending and not rules.include_pending:
        return None, counted(grade.pending, ONE_PENDING, SEVERAL_PENDING)
    points = grade.total * (target.maximum / _possible(report) if rules.scale else 1.0)
    low = points if target.lowest is None else max(points, target.lowest)
    bounded = low if target.highest is None else min(low, target.highest)
    if rules.clamp:
        points = bounded
    elif round(points, 2) != round(bounded, 2):
        limit = f"{bounded:g}, the {'highest' if points > bounded else 'lowest'} in the LMS"
        return None, f"{points:.2f} points are beyond {limit}; --clamp enters {bounded:g}"
    return round(points, 2) + 0.0, ""  # + 0.0: never minus zero


def _formulas(sheet: Sheet) -> list[str]:
    """Return a note on the cells that a spreadsheet would run as a formula; they stay as is."""
    lines = [
        str(at) for at, line in enumerate(sheet.lines, start=1) if any(map(_is_formula, line.texts))
    ]
    if not lines:
        return []
    return [counted(len(lines), ONE_FORMULA, FORMULAS, lines=", ".join(lines[:LISTED]))]


def _is_formula(cell: str) -> bool:
    plain = cell.strip()
    return len(plain) > 1 and plain.startswith(FORMULA_STARTS) and number(plain) is None


def _review(report: Report) -> str:
    reasons = (each.rstrip(".") for each in report.grade.review[:2])
    return inert("; ".join(reasons) or "see its report page")


def _named(report: Report) -> str:
    return inert(report.submission.id)
