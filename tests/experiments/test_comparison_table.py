"""The compared table as text."""

from grader.experiments.comparison import compare
from grader.experiments.comparison_table import comparison_table
from grader.experiments.reference import reference_of_results
from tests.experiments.results import finished
from tests.experiments.tables_read import LAB, PRUNING, QUANTIZATION, read_table
from tests.experiments.tiny import lab_experiment

SPEC = lab_experiment()


def test_each_cell_is_a_row_in_the_unit_of_the_lab() -> None:
    """Sizes in MB, latencies in ms, with the causes below the table."""
    read = read_table(
        "quantization",
        {
            "float32": {"size": "5885 kB", "accuracy": "97 %", "latency-1": "0.0031 s"},
            "dynamic-float16": {"size": "2.94", "accuracy": "a long text that is no number"},
        },
    )
    (compared,) = compare([read], LAB.tables, SPEC, reference_of_results(SPEC, finished(SPEC)))
    table = comparison_table(compared, QUANTIZATION)
    assert table.rows == (
        ("float32", "size (MB)", "5.885", "5.885", "+0.000", "equal"),
        ("float32", "accuracy", "0.9700", "0.9700-0.9900", "-0.0100", "within"),
        ("float32", "latency-1 (ms)", "3.100", "2.000", "+1.100", "measured"),
        ("dynamic-float16", "size (MB)", "2.940", "5.886", "-2.946", "contradicts"),
        ("dynamic-float16", "accuracy", "a long text t…", "-", "-", "not read"),
    )
    assert any(".half()" in note and "dynamic-float16" in note for note in table.notes)
    assert any("latency-64" in note for note in table.notes)


def test_a_sparsity_is_in_percent_and_the_way_is_in_the_title() -> None:
    """A wrong value of which no cause is known is in the notes too."""
    read = read_table("pruning", {"5": {"sparsity": "25 %"}}, variant="with-rewinding")
    (compared,) = compare([read], LAB.tables, SPEC, None)
    table = comparison_table(compared, PRUNING)
    assert table.rows == (("5", "sparsity (%)", "25.00", "86.50", "-61.50", "contradicts"),)
    assert "with rewinding" in table.title
    assert "page 2" in table.title
    assert any("no usual cause" in note for note in table.notes)
