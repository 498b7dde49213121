"""The doctor's findings on a terminal."""

from collections.abc import Iterator
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader import text
from grader.report.class_row import MARKS
from grader.report.terminal.class_table import STYLES, to_text
from grader.sandbox.diagnosis import Check, Diagnosis


def render(diagnosis: Diagnosis, width: int = 80, color: bool = False) -> str:
    """The findings as text for a terminal of `width` columns."""
    return to_text(findings(diagnosis), width, color)


def findings(diagnosis: Diagnosis) -> RenderableType:
    """Every check below its area's heading, and at the end what it means for grading."""
    return Group(*_areas(diagnosis.checks), Text(diagnosis.meaning, style="bold"))


def _areas(checks: tuple[Check, ...]) -> Iterator[RenderableType]:
    widest = max(len(check.name) for check in checks)
    for area, within in groupby(checks, key=lambda check: check.area):
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, min_width=widest)
        table.add_column(overflow="fold")
        for check in within:
            table.add_row(_mark(check), Text(check.name), _found(check))
        yield Group(Text(area, style="bold"), Padding(table, (0, 0, 1, 0)))


def _mark(check: Check) -> Text:
    return Text(MARKS[check.status], style=STYLES[check.status])


def _found(check: Check) -> RenderableType:
    found = Text(text.inert(check.found))
    return Group(found, Text(text.inert(check.help), style="dim")) if check.help else found
