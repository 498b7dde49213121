"""What sentences say of a table, beside its numbers."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as some

from grader.evaluators.write_up_claims import Cells, Contradiction, contradictions
from grader.labs.write_up_table import WriteUpTable
from grader.writeup.answers import answer_patterns
from grader.writeup.claim_words import Machines
from grader.writeup.claims import ClaimReader
from grader.writeup.table_words import SPARSITY, TableWords
from tests.places import ROOT
from tests.writeup.the_tables import LAB, PRUNING, QUANTIZATION

DISCUSSIONS = ROOT / "tests" / "evaluators" / "discussions"
MACHINES = Machines(
    this=tuple(
        each
        for answer in LAB.answers
        if answer.board == "model"
        for each in answer_patterns(answer)
    ),
    other=tuple(
        each for answer in LAB.answers if answer.elsewhere for each in answer_patterns(answer)
    ),
)
QUANTIZED = {
    "float32": (5.885, 0.9718, 2.41, 21.3),
    "dynamic-qint8": (1.481, 0.9715, 1.12, 14.9),
    "static-qint8": (1.483, 0.9704, 0.88, 9.7),
}
PRUNED = {  # sparsity, accuracy without and with rewinding, latency, disk
    0: (0.0, 97.33, 97.39, 0.0217, 5.88),
    1: (33.0, 97.45, 97.21, 0.0210, 19.70),
    2: (55.11, 97.4, 97.37, 0.0212, 13.21),
    3: (69.92, 97.43, 97.33, 0.0216, 8.86),
    4: (79.85, 97.32, 97.32, 0.0207, 5.95),
    5: (86.5, 97.47, 97.32, 0.0212, 3.99),
    6: (90.95, 97.45, 97.29, 0.0207, 2.68),
    7: (93.94, 97.39, 97.34, 0.0216, 1.81),
    8: (95.94, 97.35, 97.39, 0.0218, 1.22),
    9: (97.28, 97.48, 97.29, 0.0207, 0.83),
    10: (98.18, 97.31, 97.21, 0.0213, 0.56),
    11: (98.78, 97.41, 97.21, 0.0212, 0.39),
    12: (99.18, 97.18, 97.12, 0.0212, 0.27),
    13: (99.45, 97.07, 97.07, 0.0210, 0.19),
    14: (99.63, 97.07, 96.93, 0.0213, 0.14),
    15: (99.75, 96.95, 96.87, 0.0210, 0.10),
    16: (99.84, 96.46, 96.42, 0.0213, 0.08),
    17: (99.89, 96.0, 95.97, 0.0207, 0.06),
    18: (99.93, 95.63, 95.54, 0.0214, 0.05),
    19: (99.95, 95.11, 95.03, 0.0209, 0.04),
    20: (99.97, 94.7, 94.55, 0.0217, 0.04),
}


def quantized(rows: Mapping[str, tuple[float, float, float, float]]) -> Cells:
    """The cells of quantization in bytes and seconds, from MB and ms."""
    columns = ("size", 1e6), ("accuracy", 1.0), ("latency-1", 1e-3), ("latency-64", 1e-3)
    return {
        (row, column): number * factor
        for row, numbers in rows.items()
        for (column, factor), number in zip(columns, numbers, strict=True)
    }


def pruned(accuracy: int) -> Cells:
    """The cells of pruning with one of the two accuracies."""
    return {
        (str(row), column): number
        for row, each in PRUNED.items()
        for column, number in (
            (SPARSITY, each[0] / 100),
            ("accuracy", each[accuracy] / 100),
            ("latency", each[3]),
            ("disk", each[4] * 1e6),
        )
    }


def paragraphs(name: str) -> list[str]:
    """The paragraphs of a file, one in each line."""
    return (DISCUSSIONS / name).read_text(encoding="utf-8").splitlines()


def contradicted(text: str, table: WriteUpTable, *tables: Cells) -> list[Contradiction]:
    """What the text says against the tables."""
    levels = {row: each for (row, column), each in tables[0].items() if column == SPARSITY}
    reader = ClaimReader(
        words=TableWords(table=table, levels=levels),
        machines=MACHINES,
        others=tuple(
            TableWords(table=each, levels={})
            for each in (QUANTIZATION, PRUNING)
            if each is not table
        ),
    )
    claims = tuple(reader.claims(text, 1))
    return list(contradictions(claims, table, tables))


def in_both(text: str) -> list[Contradiction]:
    """What the text says against the tables of quantization and of pruning."""
    return [
        *contradicted(text, QUANTIZATION, quantized(QUANTIZED)),
        *contradicted(text, PRUNING, pruned(1), pruned(2)),
    ]


@pytest.mark.parametrize("text", paragraphs("fitting.txt"))
def test_a_sentence_that_fits_or_speaks_of_something_else_is_no_contradiction(text: str) -> None:
    """Other machines, plans, memory, training, rounded numbers, lists and differences are fine."""
    assert in_both(text) == []


@pytest.mark.parametrize("text", paragraphs("contradicting.txt"))
def test_a_plain_sentence_against_the_table_is_found(text: str) -> None:
    """Ratios, parts, changes, values and orders; at an iteration or a sparsity too."""
    assert in_both(text) != []


LATENCIES = some.floats(min_value=0.1, max_value=100)


@given(slow=LATENCIES, fast=LATENCIES, wrong=some.floats(min_value=1.3, max_value=5))
def test_the_ratio_of_the_table_fits_and_a_greater_one_does_not(
    slow: float, fast: float, wrong: float
) -> None:
    """Whatever the latencies are, a ratio with two digits is the table's or is not."""
    fast, slow = sorted((fast, slow))
    rows = {"float32": (5.885, 0.97, 1.0, slow), "static-qint8": (1.483, 0.97, 1.0, fast)}
    ratio = slow / fast

    def said(number: float) -> list[Contradiction]:
        text = f"At batch size 64 static quantization was {number:.2f}x faster than float32."
        return contradicted(text, QUANTIZATION, quantized(rows))

    assert said(ratio) == []
    assert [round(each.found, 6) for each in said(wrong * ratio)] == [round(ratio, 6)]


def test_a_number_that_is_missing_is_no_contradiction() -> None:
    """Of a row without values nothing can be said."""
    text = "Dynamic float16 quantization was 3.5x faster than float32 at batch size 64."
    assert contradicted(text, QUANTIZATION, quantized(QUANTIZED)) == []


def test_the_order_of_nearly_equal_accuracies_is_no_contradiction() -> None:
    """97.15 and 97.18 % are the same, for a sentence."""
    text = "Dynamic quantization gives a higher accuracy than float32."
    assert contradicted(text, QUANTIZATION, quantized(QUANTIZED)) == []
