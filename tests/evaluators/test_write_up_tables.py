"""The tables of a write-up: found, not found, whole, and cells that cannot be right."""

from functools import partial

import pytest

from grader.evaluators.write_up_tables import measure_table
from grader.evidence.run_check import run_check
from grader.types import Measurement, Status
from tests.evaluators.write_ups import Table, cell, opened, pruned, quantized, table_of
from tests.writeup.the_tables import PRUNING, QUANTIZATION

WAY = "without-rewinding"


def quantization(*content: str | Table) -> Measurement:
    """The measurement of the quantization table."""
    return run_check("table", partial(measure_table, opened(*content), QUANTIZATION, None))


def imp(*content: str | Table, variant: str = WAY) -> Measurement:
    """The measurement of a pruning table."""
    return run_check("table", partial(measure_table, opened(*content), PRUNING, variant))


def test_a_whole_table_passes() -> None:
    """A row that says "N/A" is whole, and both numbers of parameters are right."""
    found = quantization(quantized())
    assert (found.status, found.value, found.review) == (Status.PASSED, 4, None)
    evidence = table_of(found)
    assert (evidence.state, evidence.pages, evidence.missing_rows) == ("found", (1,), ())
    assert {each.fit for each in evidence.cells} == {"fits", "no value", "not compared"}
    assert cell(evidence, "static-qint8", "size").number == pytest.approx(1_483_000)
    assert cell(evidence, "float32", "accuracy").number == pytest.approx(0.9718)
    assert cell(evidence, "float32", "latency-1").number == pytest.approx(0.00241)


@pytest.mark.parametrize(
    ("row", "cells", "column", "cause"),
    [
        ("float16", ("1.515", "1,470,474", "97%", "1 ms", "9 ms"), "size", "int8"),
        ("float16", ("2.94", "1,470,474", "97%", "1 ms", "9 ms"), "size", "half"),
        ("float32", ("7.457", "1,863,690", "97%", "1 ms", "9 ms"), "size", "cropped"),
        ("static", ("5.885", "0", "97%", "1 ms", "9 ms"), "size", "before quantization"),
    ],
)
def test_a_cell_that_contradicts_an_exact_fact_fails(
    row: str, cells: tuple[str, ...], column: str, cause: str
) -> None:
    """With the expected value and the usual cause."""
    found = quantization(quantized(**{row: cells}))
    assert found.status is Status.FAILED
    assert found.actual == cells[0]
    assert cause in (found.help or "")
    assert "MB" in (found.expected or "")
    (wrong, *_) = [each for each in table_of(found).cells if each.fit == "contradicts"]
    assert wrong.column == column


def test_a_declared_change_changes_what_is_expected() -> None:
    """Images that are not cropped make a larger network; the other rows are wrong then."""
    whole = ("7.457", "1,863,690", "97%", "2 ms", "20 ms")
    small = ("1.9", "0", "97%", "1 ms", "9 ms")
    table = quantized(float32=whole, dynamic=small, static=small)
    found = quantization("We used the full 28x28 images.", table)
    assert found.passed
    evidence = table_of(found)
    assert cell(evidence, "float32", "size").fit == "fits"
    assert cell(evidence, "float32", "parameters").fit == "fits"


def test_a_contradiction_is_a_persons_if_the_text_says_that_something_was_changed() -> None:
    """The machine does not know to which value."""
    said = "We reduced the hidden size because the board has little memory."
    wrong = quantized(float32=("2.9", "700,000", "97%", "2 ms", "20 ms"))
    found = quantization(said, wrong)
    assert found.passed
    assert found.review is not None
    assert {each.fit for each in table_of(found).cells} >= {"differs"}


def test_what_is_missing_is_for_a_person() -> None:
    """A row or a column: it may be in a picture, or the board could not do it."""
    table = [row[:-1] for row in quantized()[:-1]]
    found = quantization(table)
    assert (found.status, found.value) == (Status.PASSED, 0)
    assert "static" in (found.review or "")
    assert "B64" in (found.review or "")
    assert table_of(found).missing_rows == ("static-qint8",)
    assert table_of(found).missing_columns == ("latency-64",)


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("float32", ("5.885", "1,470,474", "97%", "2 ms", "1 ms")),
        ("float16", ("5.886", "1,470,474", "97%", "2 ms", "20 ms")),
    ],
    ids=["a batch in less time than one image", "float16 on Arm"],
)
def test_what_is_odd_is_for_a_person(row: str, cells: tuple[str, ...]) -> None:
    """Nothing fails."""
    found = quantization("We use a Raspberry Pi 4.", quantized(**{row: cells}))
    assert found.passed
    assert "Look at" in (found.review or "")


def test_a_table_that_is_not_there_is_skipped() -> None:
    """Never failed: it may be in a picture."""
    found = quantization("We have no table.")
    assert (found.status, table_of(found).state) == (Status.SKIPPED, "not found")


def test_the_pruning_table_follows_the_law() -> None:
    """Sparsities, and one way of saving."""
    found = imp("IMP without rewinding", pruned())
    assert (found.status, found.value) == (Status.PASSED, 21)
    assert table_of(found).laws[:2] == (
        "Sparsity (%): 21 of 21 fit, read in %",
        "Disk Size (MB): 21 of 21 fit: sparse COO, read in MB",
    )


def test_a_linear_sparsity_fails() -> None:
    """A third of the original weights each time cannot be."""
    table = pruned(3)
    for row, sparsity in zip(table[1:], ("0.0%", "33.0%", "66.0%", "99.0%"), strict=True):
        row[1] = sparsity
    found = imp(table)
    assert (found.status, found.actual, found.expected) == (Status.FAILED, "66.0%", "55.11 %")
    assert "original weights" in (found.help or "")


def test_iterations_that_were_not_run_as_declared_are_not_missing() -> None:
    """A smaller experiment is allowed if the text says so."""
    few = imp("We ran 5 iterations of IMP.", pruned(5))
    assert table_of(few).missing_rows == ()
    assert "6" in (imp("We ran IMP.", pruned(5)).review or "")


def test_a_table_of_no_known_way_counts_in_order_and_a_person_looks() -> None:
    """The first one stands for the first way that has no table of its own."""
    found = imp(pruned())
    assert found.passed
    assert "which experiment" in (found.review or "")
    other = imp(pruned(), variant="with-rewinding")
    assert other.status is Status.SKIPPED


def test_the_latencies_of_another_machine_are_not_this_one_s() -> None:
    """A second table with equal latencies is for a person; one with its own is not."""
    copied = quantization("On the Pi:", quantized(), "In Lab 2:", quantized())
    assert copied.passed
    assert "page 4: 6 latencies" in (copied.review or "")
    other = quantized(
        float32=("5.885", "0", "97%", "0.4 ms", "1.3 ms"),
        dynamic=("1.481", "0", "97%", "0.2 ms", "1.1 ms"),
        static=("1.483", "0", "97%", "0.1 ms", "0.9 ms"),
    )
    found = quantization("On the Pi:", quantized(), "In Lab 2:", other)
    assert "latencies" not in (found.review or "")
