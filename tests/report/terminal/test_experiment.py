"""An experiment's table on a terminal."""

from dataclasses import replace

from grader.experiments.tables import tables
from grader.report.terminal.class_table import to_text
from grader.report.terminal.experiment import text_table
from tests.experiments.results import finished
from tests.experiments.tiny import lab_experiment

LAB = lab_experiment()


def test_eighty_columns_hold_every_number() -> None:
    """No cell is cut off; markup in a note is text."""
    found = finished(LAB)
    widest = [replace(each, engine="executorch") for each in found[0].quantization]
    plain = replace(found[0].quantization[0], parameters=1_470_474)
    long = replace(found[0], quantization=(*widest, plain))
    for table in tables(LAB, (long, *found[1:])):
        shown = to_text(text_table(table), 80, False)
        assert "…" not in shown
        for row in table.rows:
            assert all(word in shown for cell in row for word in cell.split())
        assert table.title in shown
