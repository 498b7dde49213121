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
    assert sorted(filled.left) == [
        "B2: it is excused in Canvas.",
        "In the sheet without a hand-in (1): Student, Test.",
        "The LMS's own sheet has what a spreadsheet takes for a formula: line 4.",
    ]


def test_canvas_takes_more_than_the_maximum() -> None:
    """Extra points are Canvas's to show, above its maximum and below zero."""
    for total, cell in ((104.5, b",104.50,"), (-2.0, b",-2.00,")):
        report = graded("B1", total, CANVAS_CLASS[0])
        filled = fill(canvas.target(sheets.CANVAS, "12"), [report], Rules())
        assert cell in render(filled.sheet)


@pytest.mark.parametrize(
    ("assignment", "why"),
    [
        ("Lab 2: Prune", "2 assignments are called"),
        ("Lab 9", "has no assignment Lab 9"),
        ("13", "in place of points possible"),
        ("Notes", "has no assignment"),
    ],
)
def test_canvas_assignments_that_are_not_certain(assignment: str, why: str) -> None:
    """Two of a name, none, and one without points."""
    with pytest.raises(GraderError, match=why):
        canvas.target(sheets.CANVAS, assignment)


def test_canvas_finds_an_assignment_by_either_name() -> None:
    """Its whole header, its name where that is unique, or its number."""
    columns = {canvas.target(sheets.CANVAS, each).column for each in ("Lab 1", "11", "Lab 1 (11)")}
    assert columns == {5}


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"Student,ID,Lab (1)\n", "no rows"),
        (b"Student,ID,Lab (1)\nJane,1,\n", "Points Possible. is missing"),
        (b"Student,ID,Lab (1)\n Points Possible,,9\nJane,1\n", "line 3 has no cell"),
    ],
)
def test_a_sheet_that_is_not_canvass(raw: bytes, why: str) -> None:
    """What is missing is named."""
    with pytest.raises(GraderError, match=why):
        canvas.target(raw, "Lab")
