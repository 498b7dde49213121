"""Results of an older grader, whose students' folders stand beside the other files."""

import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from grader.report import csv
from grader.results.folder import REPORT, SHEET, STUDENTS
from grader.results.old_layout import move_students, old_reports
from grader.results.read import read_results
from grader.results.write import write_results, write_some
from grader.types import Report
from tests.classes import folder_of
from tests.results.test_write import LAB, report


def old(out: Path, *reports: Report) -> None:
    """Write `out` as an older grader did."""
    write_results(reports, LAB, out)
    for each in reports:
        student = each.submission.id
        (out / folder_of(student)).rename(out / f"{student}.moved")
    shutil.rmtree(out / STUDENTS)
    (out / "folders.json").unlink()
    for each in reports:
        (out / f"{each.submission.id}.moved").rename(out / each.submission.id)
    (out / SHEET).write_text(csv.render(reports), encoding="utf-8")


def test_it_is_read_and_moved_by_the_next_writing(tmp_path: Path) -> None:
    """Every file of a folder goes along, also one that somebody added."""
    reports = (report("B1"), report("B2~2"), report("students"))
    old(tmp_path, *reports)
    (tmp_path / "B1" / "note.txt").write_text("by a TA")
    assert read_results(tmp_path) == reports
    write_results(reports, LAB, tmp_path)
    assert not old_reports(tmp_path)
    assert read_results(tmp_path) == reports
    for each in reports:
        assert (tmp_path / folder_of(each.submission.id) / REPORT).is_file()
    assert (tmp_path / STUDENTS / "B1" / "note.txt").read_text() == "by a TA"
    assert not (tmp_path / "B1").exists()


def test_a_review_moves_it_too(tmp_path: Path) -> None:
    """A mark's writing begins with the move: later no old file replaces a newer one."""
    reports = (report("B1"), report("B2"))
    old(tmp_path, *reports)
    write_some(reports[:1], reports, LAB, tmp_path)
    assert not old_reports(tmp_path)
    assert read_results(tmp_path) == reports


@pytest.mark.parametrize("after", range(8))
def test_an_interrupted_move_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """After every number of moved files the class can be read, and the next move ends it."""
    reports = (report("B1"), report("B2"))
    old(tmp_path, *reports)
    left = after
    replace = Path.replace

    def interrupted(self: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with suppress(KeyboardInterrupt):
        move_students(tmp_path)
    monkeypatch.undo()
    assert read_results(tmp_path) == reports
    move_students(tmp_path)
    assert read_results(tmp_path) == reports
    assert not old_reports(tmp_path)


def test_a_report_that_cannot_be_read_stays(tmp_path: Path) -> None:
    """Nobody knows whose it is."""
    (tmp_path / "B9").mkdir()
    (tmp_path / "B9" / REPORT).write_text("{}")
    move_students(tmp_path)
    assert (tmp_path / "B9" / REPORT).read_text() == "{}"
