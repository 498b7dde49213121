"""The labs and the totals of a course for a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from grader.course.course import Course, CourseLab
from grader.course.grace import is_graded
from grader.course.totals import Totals
from grader.course.words import behind, lab_cell, legend, notes_of, rule, total_cell
from grader.text import inert

NAMED = 110  # columns; from this width on the table has the names
LAB_WIDTH = 11  # columns of a lab's points: `(123.45+)` and the space between
STUDENT_WIDTH, TOTAL_WIDTH, NAME_WIDTH = 14, 11, 22


def labs_table(course: Course) -> RenderableType:
    """Return the labs of the course: their dates, weights, folders and results."""
    table = _table()
    table.add_column("Lab", no_wrap=True)
    for heading in ("Due", "Points", "Weight", "Folder", "Results"):
        table.add_column(heading, overflow="fold")
    for lab in course.labs:
        deadline = lab.spec.deadline
        zone = "" if deadline.zone == course.zone else f" {deadline.zone}"
        table.add_row(
            lab.id,
            f"{deadline.due:%Y-%m-%d %H:%M}{zone}" if deadline.due else "no date",
            f"{lab.points:g}",
            f"{lab.weight:g}",
            str(lab.folder),
            "graded" if is_graded(lab) else "not graded yet",
        )
    return table


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsTable:
    """A renderable of the totals in the graded labs; those that do not fit are further tables."""

    totals: Totals

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the tables, the meaning of their marks, and the notes."""
        totals = self.totals
        if not totals.students:
            yield Text("No students.")
            return
        named = options.max_width >= NAMED
        room = options.max_width - STUDENT_WIDTH - TOTAL_WIDTH - (NAME_WIDTH if named else 0)
        many = max(room // LAB_WIDTH, 1)
        labs = totals.graded
        for first in range(0, len(labs), many):
            yield self._table(labs[first : first + many], named)
            yield Text()
        yield Text(rule(totals), style="dim")
        if missing := behind(totals):
            yield Text(missing, style="yellow")
        for sentence in legend(totals):
            yield Text(sentence, style="dim")
        notes = list(notes_of(totals.students))
        if notes:
            yield Text("\nNotes", style="bold")
        for student, text in notes:
            yield Text(inert(f"{student.person}: {text}"))

    def _table(self, labs: Sequence[CourseLab], named: bool) -> Table:
        table = _table()
        table.add_column("Student", overflow="fold", max_width=STUDENT_WIDTH - 1)
        if named:
            table.add_column("Name", overflow="fold", max_width=NAME_WIDTH - 1)
        table.add_column("Total", justify="right", no_wrap=True)
        for lab in labs:
            table.add_column(lab.id, justify="right", overflow="fold", max_width=LAB_WIDTH - 1)
        for each in self.totals.students:
            who = Text(inert(each.person.id or str(each.person)))
            name = (Text(inert(each.person.name or "")),) if named else ()
            cells = [Text(lab_cell(each.score(lab.id))) for lab in labs]
            table.add_row(who, *name, Text(total_cell(each), style="bold"), *cells)
        return table


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, header_style="bold")
