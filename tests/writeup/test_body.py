import pytest

from grader.writeup.body import Keys, Reader
from grader.writeup.headings import headings
from grader.writeup.lines import sides
from grader.writeup.matcher import Matcher
from tests.writeup.pages import page, rows
from tests.writeup.the_tables import PRUNING, QUANTIZATION


@pytest.mark.parametrize(
    ("q", "dtype", "expected"),
    [
        ("--", "float32", "float32"),
        ("—", "torch.float32", "float32"),
        ("Dynamic", "fp16", "dynamic-float16"),
        ("D", "int8", "dynamic-qint8"),
        ("S", "qint 8", "static-qint8"),
        ("", "float16", "dynamic-float16"),
        ("", "qint8", None),
        ("S", "float16", None),
        ("", "", None),
    ],
)
def test_a_row_is_named_only_if_one_row_fits(q: str, dtype: str, expected: str | None) -> None:
    """An empty cell fits every row."""
    assert Keys(QUANTIZATION).id_of({"q": q, "dtype": dtype}) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("7", "7"), ("07", "7"), ("Iter 7", "7"), ("7.5", None), ("x", None)]
)
def test_a_numbered_row_has_a_whole_number(text: str, expected: str | None) -> None:
    """Its id is the number."""
    assert Keys(PRUNING).id_of({"iteration": text}) == expected


def test_a_caption_closely_below_is_no_cell() -> None:
    """It stands below several columns."""
    xs = [50, 120, 200, 270]
    head = ["Iteration", "Sparsity", "Accuracy", "Latency"]
    lines = rows([head, ["0", "0%", "0.97", "0.02"], ["1", "33%", "0.96", "0.03"]], xs)
    lines[144.0] = [(60.0, "Accuracy and latency at each sparsity")]
    (side,) = sides(page(lines))
    matcher = Matcher(PRUNING)
    (heading,) = headings(side, matcher, 0.75)
    body = Reader(matcher, side, heading, 0.75).body(1, len(side.lines))
    assert [row.cells["latency"].text for row in body.rows] == ["0.02", "0.03"]
    assert body.last == 2
