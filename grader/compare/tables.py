"""Print a comparison on a terminal."""

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader import text
from grader.compare.changes import Change, Comparison, Difference

UNMOVED = 5e-5  # points: half the last digit of grades.csv


def movements(found: Comparison) -> RenderableType:
    """Return a table of the students whose points or status change, and a summary."""
    moved = [each for each in found.different if _shown(each)]
    table = _table("Student", "Points before", "after", "by", "Status")
    for each in moved:
        changes = {change.what: change for change in each.changes}
        points, status = changes.get("points"), changes.get("status")
        table.add_row(
            Text(text.inert(each.student)),
            Text(points.before if points else "-"),
            Text(points.after if points else "-"),
            _by(each.by),
            Text(f"{status.before} → {status.after}" if status else ""),
        )
    stay = len(found.different) - len(moved) + found.same
    summary = Text(f"{len(moved)} of {len(moved) + stay} change.", style="bold")
    return Group(table, Text(), summary) if moved else summary


def differences(found: Comparison) -> RenderableType:
    """Return a table of all differences by student, and a summary."""
    return Group(*_differences(found))


def _differences(found: Comparison) -> Iterator[RenderableType]:
    if found.different:
        table = _table("Student", "What", "before", "after")
        for each in found.different:
            for number, change in enumerate(each.changes):
                name = text.inert(each.student) if number == 0 else ""
                table.add_row(Text(name, style="bold"), *map(Text, _cells(change)))
        yield table
        yield Text()
    for where, students in (("first", found.only_before), ("second", found.only_after)):
        if students:
            yield Text(f"Only in the {where}: {', '.join(map(text.inert, students))}")
    yield Text(f"{found.same} equal, {len(found.different)} different.", style="bold")


def _cells(change: Change) -> tuple[str, str, str]:
    return change.what, change.before, change.after


def _shown(each: Difference) -> bool:
    told = any(change.what in ("points", "status") for change in each.changes)
    return told or abs(each.by or 0.0) >= UNMOVED


def _by(by: float | None) -> Text:
    if by is None:
        return Text("-", style="dim")
    return Text(f"{by:+.2f}", style="green" if by > 0 else "red")


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")
    numbers = {"Points before", "after", "by", "before"}
    for heading in headings:
        right = heading in numbers
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    return table
