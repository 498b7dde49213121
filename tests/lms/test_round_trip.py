"""A class's whole way: from the LMS's download to the LMS's own sheet and feedback."""

import csv
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.lms.canvas import sheet as canvas
from grader.lms.cells import render
from grader.lms.filling import Rules, fill
from grader.lms.moodle import sheet as moodle
from grader.types import Report
from tests.lms import downloads, sheets
from tests.test_cli import grader

TOTALS = {"B1": 88.125, "B2": 71.5, "B3": 64.0, "moodle-104": 0.0, "canvas-2004": 0.0}


def graded_class(path: Path, out: Path) -> list[Report]:
    """A report for every hand-in of the download, as intake names it."""
    taken = downloads.import_downloads(path, out)
    return [
        sheets.graded(each.stem, TOTALS[each.stem], taken.handed_in[each.absolute()])
        for each in taken.sources
    ]


def grades(raw: bytes, column: int) -> dict[str, str]:
    """The grades in a sheet by the number of the student."""
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    return {row[0].removeprefix("Participant "): row[column] for row in rows[1:]}


@pytest.mark.parametrize(
    ("files", "place"),
    [
        (downloads.MOODLE, "Jane Doe_101_assignsubmission_file_/"),
        (downloads.MOODLE_WITHOUT_TRAILING, "Jane Doe_101_assignsubmission_file_/"),
        (downloads.MOODLE_FLAT, "Jane Doe_101_assignsubmission_file_"),
    ],
)
def test_moodle_there_and_back(tmp_path: Path, files: Mapping[str, bytes], place: str) -> None:
    """Everybody's grade and feedback is under the number they came with, in every shape."""
    reports = graded_class(downloads.as_zip(tmp_path, files), tmp_path / "results")
    name = b'"=HYPERLINK(1)"'  # of the one who typed text alone
    raw = sheets.MOODLE.replace(name, b'"Ann Text"').replace(b",No,", b",Yes,")
    filled = fill(moodle.target(raw), reports, Rules())
    assert grades(render(filled.sheet), 5) == {
        "101": "88.12",
        "102": "71,5",  # it was there already, and is not written again
        "103": "64.00",
        "104": "0.00",
    }
    assert not filled.left
    pages = [report.submission.id for _, report in filled.standing]
    moodle.feedback_zip(filled.standing, pages, tmp_path / "feedback.zip")
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        assert archive.read(f"{place}feedback.html") == b"B1"
        assert {member.split("_")[1] for member in archive.namelist()} == {
            "101",
            "102",
            "103",
            "104",
        }


def test_canvas_there_and_back(tmp_path: Path) -> None:
    """The gradebook's users are the download's, whatever their zips are called."""
    reports = graded_class(downloads.as_zip(tmp_path, downloads.CANVAS), tmp_path / "results")
    raw = sheets.CANVAS.replace(b",,EX,", b",,,").replace(b"=1+1", b"")
    filled = fill(canvas.target(raw, "12"), reports, Rules())
    assert list(grades(render(filled.sheet), 6).values())[2:] == ["88.12", "71.50", "64.00", ""]
    unknown, without = filled.left
    assert "canvas-2004" in unknown
    assert "(1): Student, Test" in without


@pytest.mark.system
def test_a_class_is_graded_from_its_download(tmp_path: Path) -> None:
    """The command takes zip, roster and times, and says who is missing and who was late."""
    files = {"Jane Doe_101_assignsubmission_file_/B1.zip": b"Rar!\x1a\x07\x00"}
    path = downloads.as_zip(tmp_path, files)
    (tmp_path / "sheet.csv").write_bytes(sheets.MOODLE.replace(b"4 April", b"5 April"))
    out = tmp_path / "results"
    people = ("--roster", tmp_path / "sheet.csv", "--submitted-at", tmp_path / "sheet.csv")
    ran = grader("grade", path, "--quick", "--out", out, *people)
    assert ran.returncode == 0, ran.stderr  # a zero is a grade, not an error
    assert "Moodle" in ran.stderr
    assert "(3): B2, 李 小龍; B3" in ran.stderr
    assert "23 h 55 min late" in ran.stdout
    assert (out / "roster.json").is_file()
    assert (out / "students" / "B1" / "report.json").is_file()
