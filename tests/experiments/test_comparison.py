"""Each cell of a write-up beside its reference."""

import pytest

from grader.experiments.bands import bands_of
from grader.experiments.comparison import ComparedCell, Word, compare
from grader.experiments.reference import (
    Reference,
    reference_of_bands,
    reference_of_results,
)
from tests.experiments.results import finished
from tests.experiments.tables_read import LAB, read_table
from tests.experiments.tiny import lab_experiment

SPEC = lab_experiment()
RESULTS = reference_of_results(SPEC, finished(SPEC))


def one(
    column: str,
    text: str | None,
    *,
    row: str = "dynamic-qint8",
    variant: str | None = None,
    reference: Reference | None = RESULTS,
) -> ComparedCell:
    """A cell of a table with no other cells."""
    table = "pruning" if row.isdecimal() else "quantization"
    read = read_table(table, {row: {column: text}}, variant=variant)
    (compared,) = compare([read], LAB.tables, SPEC, reference)
    (cell,) = compared.cells
    return cell


def test_a_size_is_compared_in_bytes() -> None:
    """With the expected size, and the difference from it."""
    found = one("size", "1.48 MB")
    assert (found.word, found.low, found.high) == (Word.EQUAL, 1_481_225, 1_481_225)
    assert found.value is not None
    assert found.value.number == 1_480_000
    assert found.difference is not None
    assert round(found.difference) == -1_225
    assert one("size", "5.885").word is Word.CONTRADICTS
    assert "before quantization" in one("size", "5.885").cause


def test_a_correct_size_has_its_remark() -> None:
    """Dense sizes beside growing sparsity."""
    found = one("disk", "5.88", row="7")
    assert found.word is Word.EQUAL
    assert "zero" in found.cause


def test_an_accuracy_is_within_the_band_or_outside() -> None:
    """The range of the three seeds is .97 to .99, and the band is as wide again on both sides."""
    found = one("accuracy", "96.5 %")
    assert (found.word, found.low, found.high) == (Word.WITHIN, 0.97, 0.99)
    assert found.difference is not None
    assert round(found.difference, 4) == -0.015
    assert one("accuracy", "0.92").word is Word.OUTSIDE


def test_the_way_of_pruning_chooses_the_band() -> None:
    """A table that names none is compared with all that the lab asks for."""
    for variant in ("with-rewinding", "without-rewinding", None):
        assert one("accuracy", "0.49", row="1", variant=variant).word is Word.WITHIN
    assert one("accuracy", "0.98", row="1", variant="with-rewinding").word is Word.OUTSIDE


def test_a_latency_is_beside_the_measured_one() -> None:
    """That of its batch size; another machine's latency is not judged."""
    found = one("latency-64", "100 ± 3 ms", row="float32")
    assert (found.word, found.low) == (Word.MEASURED, 0.128)
    assert found.difference is not None
    assert round(found.difference, 6) == -0.028


def test_bands_have_accuracies_and_no_latencies() -> None:
    """They ship without a machine's times."""
    bands = reference_of_bands(bands_of(SPEC, finished(SPEC)))
    assert one("accuracy", "0.98", reference=bands).word is Word.WITHIN
    assert one("accuracy", "0.49", row="1", reference=bands).word is Word.WITHIN
    assert one("latency-1", "2 ms", reference=bands).word is Word.NO_REFERENCE


def test_without_a_reference_exact_values_are_compared() -> None:
    """Nothing else can be."""
    assert one("size", "1.48", reference=None).word is Word.EQUAL
    assert one("accuracy", "0.98", reference=None).word is Word.NO_REFERENCE


def test_what_could_not_be_read_is_said() -> None:
    """A cell shared by two columns, a text, two numbers; and a cell that says that it is empty."""
    for text in (None, "about a third", "1,481", "1.48 parsecs"):
        found = one("size", text)
        assert (found.word, found.value) == (Word.NOT_READ, None)
    assert one("size", "N/A").word is Word.EMPTY


def test_rows_without_a_name_are_left_out() -> None:
    """Nothing tells what they should be."""
    (compared,) = compare(
        [read_table("quantization", {None: {"size": "1.48"}})], LAB.tables, SPEC, None
    )
    assert compared.cells == ()


@pytest.mark.parametrize("text", ["0.33", "33", "33.00%"])
def test_a_fraction_that_could_be_percent_has_the_value_that_fits(text: str) -> None:
    """Below a heading in percent, too."""
    read = read_table("pruning", {"1": {"sparsity": text}}, units={"sparsity": "%"})
    ((cell,),) = (each.cells for each in compare([read], LAB.tables, SPEC, None))
    assert cell.word is Word.EQUAL
    assert cell.value is not None
    assert round(cell.value.number, 4) == 0.33


def test_a_size_in_bytes_may_have_separators() -> None:
    """A comma is a decimal one only in other units."""
    read = read_table("quantization", {"float32": {"size": "5,884,529"}}, units={"size": "bytes"})
    ((cell,),) = (each.cells for each in compare([read], LAB.tables, SPEC, None))
    assert cell.word is Word.EQUAL
