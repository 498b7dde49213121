from grader.report.class_row import class_rows
from grader.report.columns.network import NetworkColumns
from tests.report.examples import example_class


def test_every_row_has_a_cell_for_each_heading() -> None:
    """In grades.csv, on a terminal, and in the job summary."""
    columns, rows = NetworkColumns(), class_rows(example_class())
    for row in rows:
        assert len(columns.in_sheet(row)) == len(columns.sheet) + len(columns.last_in_sheet)
        assert len(columns.in_table(row)) == len(columns.table(rows))
        assert len(columns.in_summary(row)) == len(columns.summary(rows))


def test_an_unknown_figure_is_empty() -> None:
    """It is never a zero."""
    rows = class_rows(example_class())
    unknown = next(row for row in rows if row.mflops is None)
    assert NetworkColumns().in_sheet(unknown)[0] == ""
    assert NetworkColumns().in_summary(unknown)[0] == ""
