import pytest

from grader.errors import GraderError
from grader.lms.canvas import sheet as canvas
from grader.lms.cells import render
from grader.lms.filling import Rules, fill
from tests.lms import sheets
from tests.lms.sheets import from_lms, graded

CANVAS_CLASS = from_lms("canvas", [("2001", "", "doejane"), ("2002", "", "li"), ("2003", "", "o")])


def test_canvas_takes_grades_and_keeps_the_rest() -> None:
    """Points Possible, other columns, excused students and the test student keep their bytes."""
    reports = [graded(f"B{n}", 88.0, came) for n, came in enumerate(CANVAS_CLASS, start=1)]
    filled = fill(canvas.target(sheets.CANVAS, "12"), reports, Rules())
    expected = sheets.CANVAS.replace(b"Sec A,9.00,,,90.00", b"Sec A,9.00,88.00,,90.00")
    assert render(filled.sheet) == expected
    excused, without, formula = sorted(filled.left)
    assert "B2" in excused
    assert "excused" in excused
    assert "(1): Student, Test" in without
    assert "formula: line 4" in formula


def test_canvas_takes_more_than_the_maximum() -> None:
    """Canvas accepts points above its maximum and below zero."""
    for total, cell in ((104.5, b",104.50,"), (-2.0, b",-2.00,")):
        report = graded("B1", total, CANVAS_CLASS[0])
        filled = fill(canvas.target(sheets.CANVAS, "12"), [report], Rules())
        assert cell in render(filled.sheet)


@pytest.mark.parametrize(
    ("assignment", "why"),
    [
        ("Lab 2: Prune", "2 assignments"),
        ("Lab 9", "no assignment Lab 9"),
        ("13", "points possible"),
        ("Notes", "no assignment"),
    ],
)
def test_canvas_assignments_that_are_not_certain(assignment: str, why: str) -> None:
    """Two assignments with one name, a missing one, and one without points."""
    with pytest.raises(GraderError, match=why):
        canvas.target(sheets.CANVAS, assignment)


def test_canvas_finds_an_assignment_by_either_name() -> None:
    """An assignment is given by its header, its unique name or its number."""
    columns = {canvas.target(sheets.CANVAS, each).column for each in ("Lab 1", "11", "Lab 1 (11)")}
    assert columns == {5}


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"Student,ID,Lab (1)\n", "no rows"),
        (b"Student,ID,Lab (1)\nJane,1,\n", "Points Possible"),
        (b"Student,ID,Lab (1)\n Points Possible,,9\nJane,1\n", "line 3"),
    ],
)
def test_a_sheet_that_is_not_canvass(raw: bytes, why: str) -> None:
    """The message names the missing part."""
    with pytest.raises(GraderError, match=why):
        canvas.target(raw, "Lab")
