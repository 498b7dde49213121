"""The marks of a class as a sheet, from the class as it stands."""

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.batch import folder_lock
from grader.batch.folder_lock import Busy, FolderLock
from grader.errors import GraderError
from grader.intake.person import person_with
from grader.report import json
from grader.results.folder import LOCK
from grader.review.classroom import Classroom, open_classroom
from grader.types import Mark
from tests.review.classes import STUDENTS, of_three

FIRST = STUDENTS[0]


@pytest.fixture
def classroom(tmp_path: Path) -> Iterator[Classroom]:
    """A class of three that nobody has marked."""
    of_three(tmp_path)
    with open_classroom(tmp_path, None, None) as opened:
        yield opened


def filled(sheet: str, **changes: str) -> str:
    """The sheet with question 1.1 of the first student changed."""
    rows = list(csv.DictReader(io.StringIO(sheet.lstrip("\ufeff"), newline="")))
    next(row for row in rows if (row["student"], row["part"]) == (FIRST, "1.1")).update(changes)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_marks_are_saved_and_counted_at_once(classroom: Classroom, tmp_path: Path) -> None:
    """By whom, and in the student's files; the next sheet has them."""
    taken = classroom.import_sheet(filled(classroom.export_sheet(), points="1.5"), "alice")
    assert (taken.marks, taken.wrong) == (1, ())
    mark = classroom.marks.of(person_with(FIRST))["1.1"]
    assert (mark.points, mark.author, mark.version) == (1.5, "alice", 1)
    report = json.parse((tmp_path / "students" / FIRST / "report.json").read_text(encoding="utf-8"))
    questions = [each for item in report.grade.items for each in item.questions]
    assert next(each.earned for each in questions if each.id == "1.1") == 1.5
    again = classroom.export_sheet()
    assert "1.5" in again
    assert classroom.import_sheet(again, "bob").marks == 0


def test_wrong_lines_are_told_and_nothing_is_saved(classroom: Classroom) -> None:
    """With the number of the line, however many of the others are right."""
    taken = classroom.import_sheet(filled(classroom.export_sheet(), points="99"), "alice")
    assert taken.marks == 0
    (wrong,) = taken.wrong
    assert wrong.startswith("line ")
    assert classroom.marks.current() == {}


def test_who_was_quicker_is_not_overwritten(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saves between the reading of the sheet and the saving of its marks."""
    sheet = filled(classroom.export_sheet(), points="2")
    theirs = Mark(
        person=person_with(FIRST),
        student=FIRST,
        part="1.1",
        points=1.0,
        comment="",
        author="bob",
        at="",
        version=1,
    )
    before = classroom.marks.every_history()
    monkeypatch.setattr(classroom.marks, "every_history", lambda: before)
    classroom.marks.save(theirs, 0)
    with pytest.raises(GraderError, match="bob") as caught:
        classroom.import_sheet(sheet, "alice")
    assert caught.value.help
    assert classroom.marks.of(person_with(FIRST))["1.1"].author == "bob"


def test_no_mark_is_imported_while_another_holds_the_folder(
    classroom: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the wait, the message names who holds it; nothing is saved, and later it is."""
    sheet = filled(classroom.export_sheet(), points="2")
    monkeypatch.setattr(folder_lock, "SECONDS_TO_WAIT", 0.1)
    with FolderLock(tmp_path / LOCK), pytest.raises(Busy, match=str(os.getpid())):
        classroom.import_sheet(sheet, "alice")
    assert classroom.marks.current() == {}
    assert classroom.import_sheet(sheet, "alice").marks == 1
