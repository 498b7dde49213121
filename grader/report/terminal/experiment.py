"""A table of an experiment for a terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.experiments.text_table import TextTable


def text_table(table: TextTable) -> RenderableType:
    """Return the table with its title above it and its notes below it."""
    drawn = Table(
        title=Text(table.title),
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),  # nine columns in 80 characters
        title_justify="left",
    )
    for number, name in enumerate(table.head):
        drawn.add_column(
            Text(name),
            justify="right" if number in table.right else "left",
            min_width=max((_longest_word(row[number]) for row in table.rows), default=None),
        )
    for row in table.rows:
        drawn.add_row(*map(Text, row))
    return Group(drawn, *(Text(note, style="dim") for note in table.notes), Text())


def _longest_word(cell: str) -> int:
    return max(map(len, cell.split()), default=0)
