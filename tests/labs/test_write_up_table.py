import pytest
from pydantic import ValidationError

from grader.labs.write_up_table import WriteUpTable, letters, without_unit
from tests.writeup.the_tables import PRUNING, QUANTIZATION


def test_the_two_tables_of_the_lab_are_valid() -> None:
    """One has named rows, the other numbered ones."""
    assert QUANTIZATION.numbered is None
    assert len(QUANTIZATION.rows) == 4
    assert PRUNING.numbered is not None
    assert PRUNING.column("disk").unit == "MB"


CONTENT = PRUNING.model_dump()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"key": ["round"]}, "no column 'round'"),
        ({"numbered": None}, "either"),
        ({"numbered": {"first": 3, "last": 2}}, "greater"),
        ({"columns": [*CONTENT["columns"], {"id": "disk", "names": ["D"]}]}, "twice"),
        ({"columns": [*CONTENT["columns"], {"id": "x", "names": ["Acc"]}]}, "two col"),
        ({"key": ["iteration", "sparsity"]}, "one key column"),
    ],
)
def test_a_fault_is_named(change: dict[str, object], word: str) -> None:
    """An instructor can correct it."""
    with pytest.raises(ValidationError, match=word):
        WriteUpTable.model_validate({**CONTENT, **change})


def test_a_row_has_a_text_for_each_key_column() -> None:
    """No more, and no fewer."""
    rows = [{"id": "a", "title": "A", "key": {"q": ["D"]}}]
    with pytest.raises(ValidationError, match="must have the columns"):
        WriteUpTable.model_validate({**QUANTIZATION.model_dump(), "rows": rows})


def test_headings_are_compared_by_their_letters() -> None:
    """It does not matter where they are wrapped."""
    assert letters("Disk Size\n(MB)") == letters("disk-size (mb)") == "disksizemb"


@pytest.mark.parametrize(
    ("heading", "rest", "unit"),
    [
        ("Size (MB)", "Size", "MB"),
        ("Latency [ms]", "Latency", "ms"),
        ("Latency in ms", "Latency", "ms"),
        ("Sparsity (%)", "Sparsity", "%"),
        ("Latency (mean ± std)", "Latency", None),
        ("(Params)", "(Params)", None),
        ("B64", "B64", None),
    ],
)
def test_the_unit_of_a_heading_is_told_from_its_name(
    heading: str, rest: str, unit: str | None
) -> None:
    """A name in parentheses is no unit."""
    assert without_unit(heading) == (rest, unit)
