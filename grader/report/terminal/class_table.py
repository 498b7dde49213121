"""The class table for a terminal, and the conversion of renderables to text."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader import text
from grader.report.class_row import ClassRow, class_rows, counts, pending_points
from grader.report.columns.registry import columns_of
from grader.types import Report

# From this width on, the notes have a column; on a narrower terminal they are a list below.
WIDE = 110

STYLES = {
    "passed": "green",
    "failed": "red",
    "error": "bold magenta",
    "skipped": "dim",
    "review": "yellow",
}


def render(reports: Sequence[Report], width: int = 80, color: bool = False) -> str:
    """Return the class table as text for a terminal of `width` columns."""
    return to_text(class_table(reports), width, color)


def class_table(reports: Sequence[Report]) -> RenderableType:
    """Return the class as a table with its notes and the number of hand-ins by status."""
    return ClassTable(rows=class_rows(reports))


def to_text(renderable: RenderableType, width: int, color: bool) -> str:
    """Return the text for a terminal of `width` columns; with escape codes only if `color`."""
    written = io.StringIO()
    console = Console(
        file=written,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )
    console.print(renderable)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTable:
    """A renderable of the class table whose layout depends on the width."""

    rows: tuple[ClassRow, ...]

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table, the notes that do not fit into it, the footnotes and the summary."""
        if not self.rows:
            yield Text("No submissions.")
            return
        wide = options.max_width >= WIDE
        yield self._table(wide)
        yield Text()
        if not wide:
            yield from _notes(self.rows)
        yield from _footnotes(self.rows)
        yield Text(_summary(self.rows), style="bold")

    def _table(self, with_notes: bool) -> Table:
        table = Table(
            box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, header_style="bold"
        )
        table.add_column("Student", overflow="fold", min_width=9)
        table.add_column("Status", no_wrap=True)
        columns = columns_of(self.rows)
        for heading in columns.table(self.rows):
            table.add_column(text.inert(heading), justify="right", no_wrap=True)
        if with_notes:
            table.add_column("Notes", overflow="fold")
        for row in self.rows:
            notes = (Text(_note(row)),) if with_notes else ()
            student = Text(text.inert(row.student))
            status = status_text(row.mark, row.word)
            table.add_row(student, status, *columns.in_table(row), *notes)
        return table


def status_text(mark: str, word: str) -> Text:
    """Return the mark and the word of a status, in the colour of the status."""
    return Text(f"{mark} {word}", style=STYLES[word])


def _note(row: ClassRow) -> str:
    return " ".join(map(text.inert, row.notes))


def _notes(rows: Sequence[ClassRow]) -> RenderResult:
    noted = [row for row in rows if row.notes]
    if not noted:
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_column(overflow="fold", max_width=20)
    grid.add_column(overflow="fold")
    for row in noted:
        grid.add_row(Text(text.inert(row.student)), Text(_note(row)))
    yield Group(Text("Notes", style="bold"), Padding(grid, (0, 0, 1, 0)))


def _footnotes(rows: Sequence[ClassRow]) -> RenderResult:
    yield from columns_of(rows).footnotes(rows)
    pending = pending_points(rows)
    if pending:
        yield Text(f"A person must still mark {pending} points per hand-in.", style="dim")


def _summary(rows: Sequence[ClassRow]) -> str:
    noun = "submission" if len(rows) == 1 else "submissions"
    found = ", ".join(f"{many} {word}" for word, many in counts(rows).items())
    return f"{len(rows)} {noun}: {found}."
