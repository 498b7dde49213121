"""Export the marks of a class to a sheet, and import them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from grader.errors import GraderError
from grader.marks import sheet
from grader.marks.store import Conflict, all_marks
from grader.review.classroom import Classroom, open_classroom

__all__ = ["Taken", "export_sheet", "import_sheet", "open_classroom"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The number of imported marks, 0 if lines are `wrong`; the faults of these lines."""

    marks: int
    wrong: tuple[str, ...] = ()


def export_sheet(classroom: Classroom) -> str:
    """The CSV sheet: a line for each question of each student, with the newest mark."""
    return sheet.render(classroom.reports(), classroom.lab, all_marks(classroom.marks))


def import_sheet(text: str, classroom: Classroom, author: str) -> Taken:
    """Save the marks of the sheet `text`, all or none, as given by `author` now.

    Raises `GraderError` if one of the marks has changed since the sheet was exported.
    """
    signature = sheet.Signature(author=author, at=_now())
    marks = classroom.marks
    changes, wrong = sheet.read(
        text, classroom.reports(), classroom.lab, marks.every_history(), signature
    )
    if wrong:
        return Taken(marks=0, wrong=tuple(f"line {each.line}: {each.what}" for each in wrong))
    try:
        marks.save_all((change.mark, change.expected) for change in changes)
    except Conflict as conflict:
        raise GraderError(
            f"No mark was imported: {conflict}.",
            help="Export the sheet again and repeat your changes in it.",
        ) from conflict
    classroom.write_all()
    return Taken(marks=len(changes))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
