"""A course in a terminal."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.terminal import TotalsTable, labs_table
from grader.report.terminal.class_table import to_text
from tests.course.courses import course_in
from tests.course.examples import example_totals


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("labs", [2, 9])
def test_no_line_is_wider_and_no_number_is_cut(tmp_path: Path, width: int, labs: int) -> None:
    """Labs that do not fit beside each other are in a further table with all students."""
    found = example_totals(tmp_path, labs)
    found = replace(found, graded=found.course.labs)
    text = to_text(TotalsTable(totals=found), width, color=False)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text.replace("(…)", "")
    for number in range(1, labs + 1):
        assert f"lab{number}" in text
    tables = text.count("Student ")
    assert tables == (1 if labs == 2 else 2)
    assert text.count("B3") >= tables
    assert ("李小龍" in text) is (width == 120)


def test_the_labs_of_a_course(tmp_path: Path) -> None:
    """With their dates, at 80 columns."""
    text = to_text(labs_table(course_in(tmp_path)), 160, color=False)
    assert "2024-05-04 23:55" in text
    assert "not graded yet" in text


def test_labs_without_results_have_no_column(tmp_path: Path) -> None:
    """A sentence names them."""
    text = to_text(TotalsTable(totals=example_totals(tmp_path, 3)), 80, color=False)
    assert "lab3" not in text.splitlines()[0]
    assert "lab3" in text
