"""The lab's tables."""

from dataclasses import replace

from grader.experiments.parts import WAYS
from grader.experiments.tables import MARK, UNSUPPORTED, tables
from tests.experiments.results import finished
from tests.experiments.tiny import lab_experiment

LAB = lab_experiment()


def test_the_quantization_table_has_the_columns_and_rows_of_the_lab() -> None:
    """In the lab's order, with the engine; a refused row says so, and a note gives the reason."""
    table = tables(LAB, finished(LAB))[0]
    assert table.head[:3] == ("Model", "Q", "dtype")
    assert table.head[-2:] == ("Latency B1 (ms)", "Latency B64 (ms)")
    assert [row[1:4] for row in table.rows] == [
        ("--", "float32", "torch"),
        ("D", "float16", "qnnpack"),
        ("D", "qint8", "fbgemm"),
        ("D", "qint8", "qnnpack"),
    ]
    assert table.rows[0][4:] == ("5.885", "0", "0.9800", "2.000 ± 10.000", "128.000 ± 10.000")
    assert table.rows[1][4] == UNSUPPORTED
    assert any("a_b" in note for note in table.notes)
    assert all(len(row) == len(table.head) for row in table.rows)


def test_the_tables_of_pruning_have_the_columns_of_the_lab() -> None:
    """Sparsity in percent, seconds of the largest batch, and a mark where it was not steady."""
    _, *pruned = tables(LAB, finished(LAB))
    assert len(pruned) == 3
    for table in pruned:
        assert [*map(len, table.rows)] == [len(table.head)] * 21
        assert table.rows[1][:2] == ("1", "33.00")
        assert table.rows[1][3] == f"0.064000{MARK}"
        assert table.rows[1][4:] == ("19.706", "5.885", "11.759")
        assert any(note.startswith(MARK) for note in table.notes)


def test_a_run_that_has_begun_has_the_tables_that_it_can_fill() -> None:
    """A way of pruning without an iteration has none; a quick run says that it is none."""
    first, *_ = finished(LAB)
    begun = replace(
        first,
        conditions=replace(first.conditions, quick=True),
        pruning=dict.fromkeys(WAYS, ()),
    )
    (table,) = tables(LAB, (begun,))
    assert any("quick" in note for note in table.notes)
