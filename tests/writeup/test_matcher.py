import pytest

from grader.writeup.matcher import Matcher
from tests.writeup.the_tables import PRUNING, QUANTIZATION


@pytest.mark.parametrize(
    ("text", "column", "variant", "unit"),
    [
        ("Disk Size (MB)", "disk", None, "MB"),
        ("Latency (ms)", "latency", None, "ms"),
        ("Acc (no rewind)", "accuracy", "without-rewinding", None),
        ("Latency rewind (s)", "latency", "with-rewinding", "s"),
        ("Acuracy", "accuracy", None, None),
        ("Speedup", None, None, None),
    ],
)
def test_a_heading_names_a_column(
    text: str, column: str | None, variant: str | None, unit: str | None
) -> None:
    """With a unit, a variant, or one wrong letter."""
    head = Matcher(PRUNING).head(text, 0, 10)
    assert (head.column, head.variant, head.unit) == (column, variant, unit)


def test_a_wrong_digit_is_no_typo() -> None:
    """B1 and B64 are two columns."""
    assert Matcher(QUANTIZATION).head("Latency B2", 0, 10).column is None


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("IMP without rewinding", "without-rewinding"),
        ("Rewinding", "with-rewinding"),
        ("with and without rewinding", None),
        ("Pruning", None),
    ],
)
def test_a_title_names_one_variant_or_none(text: str, variant: str | None) -> None:
    """The words of both name none."""
    assert Matcher(PRUNING).variant_in(text) == variant
