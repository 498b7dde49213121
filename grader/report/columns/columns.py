"""The columns of one kind of lab."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from rich.text import Text

from grader.report.class_row import ClassRow


class Columns(Protocol):
    """The headings and cells of one kind of lab, between those that every lab has."""

    @property
    def sheet(self) -> tuple[str, ...]:
        """The headings of grades.csv after `status`, and before the points."""

    @property
    def last_in_sheet(self) -> tuple[str, ...]:
        """The headings of grades.csv before `reason`."""

    def in_sheet(self, row: ClassRow) -> tuple[str, ...]:
        """Return the cells of both, in this order."""

    def table(self, rows: Sequence[ClassRow]) -> tuple[str, ...]:
        """Return the headings of the class table on a terminal, the most important first."""

    def in_table(self, row: ClassRow) -> tuple[Text, ...]:
        """Return the cells of the class table on a terminal."""

    def footnotes(self, rows: Sequence[ClassRow]) -> Iterator[Text]:
        """Yield the lines below the class table."""

    def summary(self, rows: Sequence[ClassRow]) -> tuple[str, ...]:
        """Return the headings of the job summary, in Markdown."""

    def in_summary(self, row: ClassRow) -> tuple[str, ...]:
        """Return the cells of the job summary."""
