"""The class table for a terminal, and the conversion of renderables to text."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader import text
from grader.report.class_counts import ClassCounts
from grader.report.class_people import UNKNOWN, ClassPeople
from grader.report.class_row import MARKS, ClassRow, class_rows, pending_points
from grader.report.columns.cells import ABSENT
from grader.report.columns.registry import columns_of
from grader.report.facts import SAMPLE_MARK
from grader.report.terminal.student_lines import student_lines, width_of
from grader.types import Report

# From this width on, the notes have a column; on a narrower terminal they are a list below.
WIDE = 110
NOTES = 30  # columns of the notes, at least
BETWEEN = 2  # columns between two columns of the table
NARROWEST_ID = 20  # columns for an id; a wider terminal has more
LONGEST_ID = 30  # columns; the notes of a class with longer ids are below the ids

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


def class_table(reports: Sequence[Report], people: ClassPeople = UNKNOWN) -> RenderableType:
    """Return the class as a table with its notes and the number of hand-ins by status."""
    return ClassTable(rows=class_rows(reports), people=people)


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
class Column:
    """A column of the class table, with a cell for each line."""

    heading: str
    cells: tuple[Text, ...]
    is_number: bool = False

    @property
    def width(self) -> int:
        """The columns that it takes, with the space between it and the next."""
        lines = (line for cell in self.cells for line in cell.plain.split("\n"))
        return width_of((self.heading, *lines)) + BETWEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTable:
    """A renderable of the class table whose layout depends on the width."""

    rows: tuple[ClassRow, ...]
    people: ClassPeople = field(default=UNKNOWN)

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table, the notes that do not fit into it, the footnotes and the summary."""
        if not self.rows and not self.people.absent:
            yield Text("No hand-ins.")
            return
        width = options.max_width
        wide = width >= WIDE
        columns = self._fitting(width - (NOTES + BETWEEN if wide else 0), wide)
        if sum(each.width for each in columns) - BETWEEN > width:
            yield from self._stacked(columns)
        else:
            yield self._table(columns, wide)
        yield Text()
        if not wide:
            yield from _notes(self.rows)
        yield from _footnotes(self.rows)
        yield Text(_summary(ClassCounts.of(self.rows, self.people)), style="bold")

    def _fitting(self, width: int, with_names: bool) -> tuple[Column, ...]:
        """Return the columns that fit into `width`, in their order on the screen.

        Student, status and total are always among them; the figures of the lab's kind are left out
        from the last one on. Names are shown only on a wide terminal.
        """
        student, name, *first = self._common(max(NARROWEST_ID, width // 4))
        room = width + BETWEEN - sum(each.width for each in (student, *first))
        named = [name] if with_names and any(map(str, name.cells)) else []
        room -= sum(each.width for each in named)
        figures = []
        for each in self._figures():
            room -= each.width
            if room < 0:
                break
            figures.append(each)
        return (student, *named, *first, *figures)

    def _common(self, widest: int) -> Iterator[Column]:
        """Yield the columns of every lab: student, name, status, what to look at, total.

        Ids and names take at most `widest` columns, unless a word of one is longer.
        """
        absent = self.people.absent or ()
        ids = [*(row.student for row in self.rows), *(each.id for each in absent)]
        yield Column(
            heading="Student",
            cells=tuple(Text("\n".join(student_lines(text.inert(each), widest))) for each in ids),
        )
        names = [*(self.people.names.get(row.student, "") for row in self.rows)]
        names += [each.name for each in absent]
        yield Column(
            heading="Name",
            cells=tuple(Text("\n".join(student_lines(text.inert(each), widest))) for each in names),
        )
        rows = self.rows
        marked = tuple(status_text(MARKS[row.status], row.status.value) for row in rows)
        nobody = tuple(Text(f"- {each.word}", style="dim") for each in absent)
        yield Column(heading="Status", cells=(*marked, *nobody))
        to_see = tuple(map(_to_see, rows))
        if any(to_see):
            yield Column(heading="Look at", cells=(*to_see, *(Text() for _ in absent)))
        totals = tuple(map(_total, rows))
        yield Column(heading="Total", cells=(*totals, *(ABSENT for _ in absent)), is_number=True)

    def _figures(self) -> Iterator[Column]:
        """Yield the columns of the lab's kind, the most important first."""
        columns = columns_of(self.rows)
        cells = [columns.in_table(row) for row in self.rows]
        nobody = (ABSENT,) * len(self.people.absent or ())
        for at, heading in enumerate(columns.table(self.rows)):
            own = tuple(each[at] for each in cells)
            yield Column(heading=text.inert(heading), cells=(*own, *nobody), is_number=True)

    def _table(self, columns: Sequence[Column], with_notes: bool) -> Table:
        table = Table(
            box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, header_style="bold"
        )
        for each in columns:
            table.add_column(
                each.heading, justify="right" if each.is_number else "left", no_wrap=True
            )
        if with_notes:
            table.add_column("Notes", overflow="fold")
        notes = [_note(row) for row in self.rows]
        notes += ["No hand-in."] * len(self.people.absent or ())
        for at, note in enumerate(notes):
            last = [Text(note)] if with_notes else []
            table.add_row(*(each.cells[at] for each in columns), *last)
        return table

    def _stacked(self, columns: Sequence[Column]) -> RenderResult:
        """Yield each id above its figures: a word of an id is too long for a column."""
        student, *others = columns
        for at, each in enumerate(student.cells):
            yield Text(each.plain.replace("\n", ""), overflow="fold")
            yield Padding(Text("  ").join(other.cells[at] for other in others), (0, 0, 0, 2))


def status_text(mark: str, word: str) -> Text:
    """Return the mark and the word of a status, in the colour of the status."""
    return Text(f"{mark} {word}", style=STYLES[word])


def _to_see(row: ClassRow) -> Text:
    """Return what a person should look at in the hand-in, one below the other."""
    words = ["late"] if row.is_late else []
    words += ["to review"] if row.report.grade.needs_review else []
    return Text("\n".join(words), style="yellow")


def _total(row: ClassRow) -> Text:
    grade = row.report.grade
    if grade.total is None:
        return ABSENT
    sample, more = SAMPLE_MARK if grade.estimate else "", "+" if grade.pending else ""
    return Text(f"{sample}{text.points(grade.total)}{more}", style="bold")


def _note(row: ClassRow) -> str:
    return "\n".join(map(text.inert, (*row.lateness_note, *row.notes)))


def _notes(rows: Sequence[ClassRow]) -> RenderResult:
    noted = [
        (student_lines(text.inert(row.student), NARROWEST_ID), _note(row))
        for row in rows
        if _note(row)
    ]
    if not noted:
        return
    yield Text("Notes", style="bold")
    if width_of(line for lines, _ in noted for line in lines) > LONGEST_ID:
        for lines, note in noted:
            yield Text("".join(lines), overflow="fold")
            yield Padding(Text(note, overflow="fold"), (0, 0, 0, 2))
    else:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for lines, note in noted:
            grid.add_row(Text("\n".join(lines)), Text(note))
        yield grid
    yield Text()


def _footnotes(rows: Sequence[ClassRow]) -> RenderResult:
    yield from columns_of(rows).footnotes(rows)
    pending = pending_points(rows)
    if pending:
        yield Text(f"+ A person must still mark {pending} points per hand-in.", style="dim")


def _summary(counts: ClassCounts) -> str:
    noun = "hand-in" if counts.hand_ins == 1 else "hand-ins"
    found = ", ".join(f"{many} {word}" for word, many in counts.statuses.items()) or "none"
    to_do = {"to review": counts.to_review, "late": counts.late, "absent": counts.absent}
    more = ", ".join(f"{many} {word}" for word, many in to_do.items() if many)
    return f"{counts.hand_ins} {noun}: {found}." + (f" {more}." if more else "")
