"""The columns of a lab of write-ups: what was found, and when it was handed in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from grader.report.class_row import ClassRow
from grader.report.columns.cells import ABSENT
from grader.report.write_up_counts import WriteUpCounts, write_up_counts

HEADINGS = ("Found", "Not found", "Doubtful", "Cannot be right")


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpColumns:
    """The columns of a lab of write-ups; no figure of them gives points."""

    sheet: tuple[str, ...] = ("found", "not_found", "doubtful", "cannot_be_right")
    last_in_sheet: tuple[str, ...] = ()

    def in_sheet(self, row: ClassRow) -> tuple[str, ...]:
        """Return the counts."""
        found = write_up_counts(row.report)
        return str(found.found), str(found.not_found), str(found.doubtful), str(found.wrong)

    def table(self, _: Sequence[ClassRow]) -> tuple[str, ...]:
        """Return the headings."""
        return "Found", "Not found", "Doubtful", "Wrong"

    def in_table(self, row: ClassRow) -> tuple[Text, ...]:
        """Return the counts."""
        found = write_up_counts(row.report)
        return (
            Text(_found(found)),
            _count(found.not_found),
            _count(found.doubtful, "yellow"),
            _count(found.wrong, "red"),
        )

    def footnotes(self, _: Sequence[ClassRow]) -> Iterator[Text]:
        """Yield the meaning of the counts."""
        yield Text(
            "Found: answers and tables. Doubtful: cells outside of what is expected, or not read. "
            "Wrong: cells that contradict an exact fact. They cost no points.",
            style="dim",
        )

    def summary(self, _: Sequence[ClassRow]) -> tuple[str, ...]:
        """Return the headings."""
        return HEADINGS

    def in_summary(self, row: ClassRow) -> tuple[str, ...]:
        """Return the counts."""
        found = write_up_counts(row.report)
        return _found(found), str(found.not_found), str(found.doubtful), str(found.wrong)


def _found(found: WriteUpCounts) -> str:
    return f"{found.found} of {found.asked}"


def _count(many: int, style: str = "") -> Text:
    return Text(str(many), style=style) if many else ABSENT
