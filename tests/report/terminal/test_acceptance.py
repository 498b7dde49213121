from dataclasses import replace

import pytest

from grader.report.terminal.acceptance import acceptance
from grader.report.terminal.class_table import to_text
from grader.report.terminal.detail import render
from grader.types import Measurement, Report, Status
from tests.report.examples import failed, passed
from tests.report.measured import NOT_MOBILENET, OUR_ERROR
from tests.report.write_ups import (
    ODD,
    UNREADABLE,
    WRONG,
    answer,
    no_answer,
    pdf,
    table,
    write_up,
)


def last_lines(report: Report) -> list[str]:
    """The last lines of the check."""
    return to_text(acceptance(report), 200, color=False).splitlines()


def test_a_complete_write_up_is_accepted() -> None:
    """What a person will mark is not said."""
    report = write_up("B1", pdf(), answer("device"), table())
    assert last_lines(report) == ["2 of 2 answers and tables were found.", "Accepted."]
    shown = render(replace(report, grade=replace(report.grade, items=())))
    assert "Points" not in shown


@pytest.mark.parametrize(
    ("measured", "word"),
    [
        ([pdf(), no_answer("device")], "1 not found"),
        ([pdf(), table(WRONG)], "1 cell of the tables cannot be right"),
        ([pdf(), table(ODD)], "1 cell is for a person"),
        ([UNREADABLE], "a person reads"),
    ],
)
def test_what_a_student_can_change_is_said_before(measured: list[Measurement], word: str) -> None:
    """The hand-in is accepted all the same."""
    lines = last_lines(write_up("B1", *measured))
    assert any(word in line for line in lines)
    assert lines[-1] == "Accepted."


def test_a_file_that_is_no_pdf_is_not_accepted() -> None:
    """The reason is the last line."""
    broken = Measurement(id="intake.archive", status=Status.FAILED, reason="It is truncated.")
    assert last_lines(write_up("B1", broken)) == ["Not accepted: It is truncated."]


def test_a_network_has_one_line() -> None:
    """Accepted, not accepted with the reason, or a fault of the grader."""
    assert last_lines(passed("1", 44.0, 9300, 0.4)) == ["Accepted."]
    (refused,) = last_lines(failed("1", NOT_MOBILENET))
    assert refused == f"Not accepted: {NOT_MOBILENET.reason}"
    (ours,) = last_lines(failed("1", OUR_ERROR))
    assert "grader failed" in ours
