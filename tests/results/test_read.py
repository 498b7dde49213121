"""A results folder read back."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.report import json
from grader.results.folder import REPORT, SHEET, UNFINISHED
from grader.results.read import (
    ReportFiles,
    as_it_was,
    check_finished,
    keep_as_it_was,
    lab_of,
    read_results,
    read_sheet,
    report_files,
)
from grader.results.write import write_results
from grader.types import Report
from tests.report.examples import passed
from tests.results.test_write import LAB, report


def test_the_old_reports_are_kept_until_a_rescore_is_finished(tmp_path: Path) -> None:
    """They are read back unchanged; writing the whole class deletes them."""
    assert as_it_was(tmp_path) is None
    keep_as_it_was([report("B1")], tmp_path)
    assert as_it_was(tmp_path) == (report("B1"),)
    with pytest.raises(GraderError, match="rescore"):
        check_finished(tmp_path)
    write_results([report("B1")], LAB, tmp_path)
    check_finished(tmp_path)
    assert as_it_was(tmp_path) is None


@pytest.mark.parametrize("damaged", ["", "[]", '{"reports": [1]}', '{"reports": ["{}"]}', "\xff"])
def test_damaged_old_reports_are_an_error(tmp_path: Path, damaged: str) -> None:
    """No class is scored from a damaged file."""
    (tmp_path / UNFINISHED).write_bytes(damaged.encode("latin-1"))
    with pytest.raises(GraderError):
        as_it_was(tmp_path)


def test_the_class_is_read_by_student(tmp_path: Path) -> None:
    """Only those whom grades.csv lists: an earlier class left its folders."""
    write_results([report("B3")], LAB, tmp_path)
    write_results([report("B2"), report("B1")], LAB, tmp_path)
    assert read_results(tmp_path) == (report("B1"), report("B2"))
    sheet = read_sheet(tmp_path)
    assert sheet.students == {"B1", "B2"}
    assert [path.parent.name for path in report_files(tmp_path, sheet)] == ["B1", "B2"]


def test_a_report_is_read_again_only_where_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class of 200 is asked for with every mark."""
    write_results([report("B1"), report("B2")], LAB, tmp_path)
    files = ReportFiles(tmp_path)
    parsed: list[str] = []

    real = json.parse

    def parse(text: str) -> Report:
        parsed.append(text)
        return real(text)

    monkeypatch.setattr(json, "parse", parse)
    first = files.read()
    assert files.read() == first
    assert len(parsed) == 2
    path = tmp_path / "students" / "B1" / REPORT
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert files.read() == first
    assert len(parsed) == 3


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda out: (out / SHEET).unlink(), "no results"),
        (lambda out: (out / SHEET).write_text("name,points\nB1,3\n"), "grades.csv"),
        (lambda out: (out / SHEET).write_bytes(b"student\n\xff\n"), "grades.csv"),
        (lambda out: (out / "students" / "B1" / REPORT).write_bytes(b"\xff"), "cannot be read"),
        (lambda out: (out / "students" / "B1" / REPORT).write_text("{}"), "report"),
    ],
)
def test_a_folder_that_cannot_be_read_is_told_of(
    tmp_path: Path, spoil: Callable[[Path], object], word: str
) -> None:
    """No sheet, another sheet, and a report that is damaged; each with what to do."""
    write_results([report("B1")], LAB, tmp_path)
    spoil(tmp_path)
    with pytest.raises(GraderError, match=word) as caught:
        read_results(tmp_path)
    assert caught.value.help


def test_the_lab_is_the_one_that_is_named(tmp_path: Path) -> None:
    """Whatever the class was graded by."""
    assert lab_of([report("B1")], tmp_path, "prune-mobilenet-2025").name == "prune-mobilenet-2025"


def test_the_lab_of_a_folder_without_one_is_a_shipped_lab_that_is_the_same(tmp_path: Path) -> None:
    """By its name and its hash; another of that name, or of no known name, has to be given."""
    graded = passed("B1", 44.0, 9300, 0.4)
    assert lab_of([graded], tmp_path) == LAB
    made = graded.provenance
    changed, own = replace(made, lab_sha256="0" * 64), replace(made, lab="own")
    for provenance, word in ((changed, "changed"), (own, "own")):
        other = replace(graded, provenance=provenance)
        with pytest.raises(GraderError, match=word) as caught:
            lab_of([other], tmp_path)
        assert "--lab" in str(caught.value.help)
    with pytest.raises(GraderError):
        lab_of([], tmp_path)
