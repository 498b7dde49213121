import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.marks import sheet
from grader.marks.rules import Signature, tidy
from grader.text import FORMULA_STARTS
from grader.types import Mark
from tests.report.examples import LAB, report

REPORT = report("B1")
SIGNATURE = Signature(author="bob", at="2024-05-01T00:00:00+00:00")
COMMENTS = st.text(st.sampled_from("=+-@＝'; |\n\"a,學\t") | st.characters(), max_size=12)  # noqa: RUF001 - the wide forms


def given_mark(points: float, comment: str) -> Mark:
    """A mark for question 1.1."""
    return Mark(
        person="id:b1",
        student="B1",
        part="1.1",
        points=points,
        comment=comment,
        author="alice",
        at="now",
        version=1,
    )


@given(points=st.integers(0, 200), comment=COMMENTS.map(tidy))
def test_a_sheet_round_trips(points: int, comment: str) -> None:
    """A sheet fills an empty database, and changes nothing in the database that it is from."""
    mark = given_mark(points / 100, comment)
    text = sheet.render([REPORT], LAB, {"id:b1": {"1.1": mark}}, {("id:b1", "1.1"): comment})
    assert sheet.read(text, [REPORT], LAB, {"id:b1": {"1.1": (mark,)}}, SIGNATURE) == ((), ())
    fresh = text.replace(",now,1\r\n", ",now,0\r\n")
    (change,), problems = sheet.read(fresh, [REPORT], LAB, {}, SIGNATURE)
    assert problems == ()
    assert (change.mark.points, change.mark.comment) == (mark.points, mark.comment)


@given(comment=COMMENTS.map(tidy))
def test_no_cell_is_a_formula(comment: str) -> None:
    """A spreadsheet evaluates no cell, for any comment."""
    text = sheet.render([REPORT], LAB, {"id:b1": {"1.1": given_mark(1, comment)}}, {})
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.lstrip().startswith(FORMULA_STARTS)]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("B2,1.1,1,", "no student"),
        ("B1,9.9,1,", "no question"),
        ("B1,1.1,two,", "not a number"),
        ("B1,1.1,nan,", "not a number"),
        ("B1,1.1,3,", "0 to 2"),
        ("B1,1.1,-1,", "0 to 2"),
    ],
)
def test_wrong_lines_are_reported(row: str, what: str) -> None:
    """Each with its number; the header is line 1."""
    text = f"student,part,points,comment\r\n{row}\r\n"
    changes, (problem,) = sheet.read(text, [REPORT], LAB, {}, SIGNATURE)
    assert changes == ()
    assert problem.line == 2
    assert what in problem.what


def test_a_line_with_a_newer_mark_is_wrong() -> None:
    """The sheet is based on an older version."""
    text = "student,part,points,comment,version\nB1,1.1,2,,0\n"
    given = {"id:b1": {"1.1": (given_mark(1, ""),)}}
    changes, (problem,) = sheet.read(text, [REPORT], LAB, given, SIGNATURE)
    assert changes == ()
    assert "alice" in problem.what
    assert "1" in problem.what


@pytest.mark.parametrize("line", ["B1,1.1,,,0", "B1,1.1,1,first,1", "B1,1.1,,taken back,2"])
def test_an_unchanged_line_changes_nothing(line: str) -> None:
    """It equals the version that it names: newer marks stay."""
    history = (
        given_mark(1, "first"),
        replace(given_mark(0, "taken back"), points=None, version=2),
        replace(given_mark(2, "third"), version=3),
    )
    text = f"student,part,points,comment,version\n{line}\nB1,1.2,3,,0\n"
    (change,), problems = sheet.read(text, [REPORT], LAB, {"id:b1": {"1.1": history}}, SIGNATURE)
    assert problems == ()
    assert change.mark.part == "1.2"


@pytest.mark.parametrize(("version", "what"), [("2", "no version"), ("one", "whole number")])
def test_an_unknown_version_is_wrong(version: str, what: str) -> None:
    """The sheet is from another database, or was edited."""
    text = f"student,part,points,comment,version\nB1,1.1,2,,{version}\n"
    given = {"id:b1": {"1.1": (given_mark(1, ""),)}}
    changes, (problem,) = sheet.read(text, [REPORT], LAB, given, SIGNATURE)
    assert changes == ()
    assert what in problem.what


def test_semicolons_and_decimal_commas() -> None:
    """Spreadsheets of many locales write this format."""
    text = "\ufeffstudent;part;points;comment\nB1;1.1;1,5;\n"
    (change,), problems = sheet.read(text, [REPORT], LAB, {}, SIGNATURE)
    assert problems == ()
    assert change.mark.points == 1.5
