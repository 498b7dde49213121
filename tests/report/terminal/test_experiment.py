"""An experiment's table on a terminal."""

from grader.experiments.tables import tables
from grader.report.terminal.class_table import to_text
from grader.report.terminal.experiment import text_table
from tests.experiments.results import finished
from tests.experiments.tiny import lab_experiment

LAB = lab_experiment()


def test_eighty_columns_hold_every_number() -> None:
    """No cell is cut off; markup in a note is text."""
    for table in tables(LAB, finished(LAB)):
        shown = to_text(text_table(table), 80, False)
        assert "…" not in shown
        for row in table.rows:
            assert all(word in shown for cell in row for word in cell.split())
        assert table.title in shown
