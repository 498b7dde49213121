"""The words by which a sentence names rows and columns."""

import pytest

from grader.writeup.table_words import TableWords
from tests.writeup.the_tables import PRUNING, QUANTIZATION

QUANTIZED = TableWords(table=QUANTIZATION, levels={})
PRUNED = TableWords(table=PRUNING, levels={"9": 0.9728, "10": 0.9818})


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        ("static quantization", [{"static-qint8"}]),
        ("dynamic quantization to float16", [{"dynamic-float16"}]),
        ("dynamic", [{"dynamic-float16", "dynamic-qint8"}]),
        ("static compared with fp32", [{"static-qint8"}, {"float32"}]),
        ("statically quantized int8", [{"static-qint8"}]),
        ("the engine was none", []),
        ("half the size", []),
    ],
)
def test_a_row_is_named_by_its_key(sentence: str, rows: list[set[str]]) -> None:
    """Names that stand together narrow each other down."""
    assert [set(each.rows) for each in QUANTIZED.rows(sentence)] == rows


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        ("at iteration 5", [{"5"}]),
        ("after 20 iterations", [{"20"}]),
        ("at 97.3% sparsity", [{"9"}]),
        ("a sparsity of 98.18%", [{"10"}]),
        ("at 50% sparsity", []),
    ],
)
def test_a_numbered_row_is_named_by_its_number_or_its_sparsity(
    sentence: str, rows: list[set[str]]
) -> None:
    """A sparsity that no row has names none."""
    assert [set(each.rows) for each in PRUNED.rows(sentence)] == rows


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("the accuracy", {"accuracy"}),
        ("latency", {"latency-1", "latency-64"}),
        ("latency at batch size 64", {"latency-64"}),
        ("inference of a single image", {"latency-1"}),
        ("size on disk", {"size"}),
        ("a batch size", set()),
        ("quantization", set()),
    ],
)
def test_a_column_is_named_by_its_heading_or_a_common_word(text: str, columns: set[str]) -> None:
    """A batch size chooses between two latencies, and is no size."""
    assert set(QUANTIZED.columns(text)) == columns


def test_a_table_is_named_by_the_beginning_of_its_title() -> None:
    """Quantized networks are those of the table Quantization."""
    assert QUANTIZED.is_named("all quantized networks")
    assert not QUANTIZED.is_named("all pruned networks")
