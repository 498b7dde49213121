import csv
import io

from grader.report import csv as sheet
from grader.report import github_summary
from grader.report.class_row import class_rows
from grader.report.columns.write_up import WriteUpColumns
from grader.report.terminal.class_table import render
from tests.report.write_ups import example_class


def test_every_row_has_a_cell_for_each_heading() -> None:
    """In grades.csv, on a terminal, and in the job summary."""
    columns, rows = WriteUpColumns(), class_rows(example_class())
    for row in rows:
        assert len(columns.in_sheet(row)) == len(columns.sheet) + len(columns.last_in_sheet)
        assert len(columns.in_table(row)) == len(columns.table(rows))
        assert len(columns.in_summary(row)) == len(columns.summary(rows))


def test_the_sheet_has_counts_and_nothing_of_a_network() -> None:
    """Found, not found, doubtful, wrong; an unmarked item is empty, and late is a column."""
    lines = csv.DictReader(io.StringIO(sheet.render(example_class())))
    found = {each["student"]: each for each in lines}
    assert not {"MFLOPs", "accuracy", "part2", "estimate"} & found["B1"].keys()
    counts = ("found", "not_found", "doubtful", "cannot_be_right")
    assert [found["B1"][each] for each in counts] == ["2", "0", "0", "0"]
    assert [found["B2"][each] for each in counts] == ["2", "0", "0", "1"]
    assert [found["B3"][each] for each in counts] == ["2", "0", "1", "0"]
    assert [found["B4"][each] for each in counts] == ["0", "1", "0", "0"]
    assert [found["B5"][each] for each in counts] == ["0", "0", "0", "0"]
    assert (found["B1"]["time"], found["B3"]["time"], found["B5"]["time"]) == (
        "2.0000",
        "0.0000",
        "",
    )
    assert (found["B2"]["report"], found["B2"]["pending"]) == ("", "3.0000")
    assert (found["B3"]["late"], found["B5"]["late"]) == ("late", "")


def test_the_table_on_a_terminal_says_who_is_late() -> None:
    """Also the points so far, with a sign if a person must still mark some."""
    lines = {line.split()[0]: line for line in render(example_class(), 110).splitlines() if line}
    assert "late" in lines["B3"]
    assert "late" not in lines["B1"]
    assert "6.00+" in lines["B2"]
    assert "1 of 1" not in lines["B5"]


def test_the_job_summary_has_the_counts() -> None:
    """A line for each hand-in."""
    summary = github_summary.render(example_class())
    assert "MFLOPs" not in summary
    assert "| B2 | ? review | 2 of 2 | 0 | 0 | 1 | 6.00+ |" in summary
