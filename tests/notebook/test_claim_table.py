import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.notebook.claim_table import stated_in_tables, without_tables

RULE = "|---|:--:|---|"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (
            (
                "| | MFLOPs | Accuracy |",
                RULE,
                "| original | 318.97 | 96.3% |",
                "| pruned | 38.0 | 80.1% |",
            ),
            [("MFLOPs", 38.0), ("accuracy", 80.1)],
        ),
        (
            ("MACs (M) | 準確率 | 分數", RULE, "**38.00** | 80.1 % | 45.1"),
            [("MFLOPs", 38.0), ("accuracy", 80.1), ("score", 45.1)],
        ),
        (
            ("| step | MFLOPs |", RULE, "| 1 | 120 |", "| 2 | 38.0 M |"),
            [("MFLOPs", 120), ("MFLOPs", 38.0)],
        ),
        (("| MFLOPs before | MFLOPs after |", RULE, "| 318.97 | 38.0 |"), [("MFLOPs", 38.0)]),
        (("| lr | epochs |", RULE, "| 0.01 | 5 |"), []),
        (("| MFLOPs |", "| 38.0 |"), []),
    ],
)
def test_a_column_has_its_name_in_the_head(
    lines: tuple[str, ...], found: list[tuple[str, float]]
) -> None:
    """The rows and columns of the original network are left out."""
    read = [(each.what, each.value) for each in stated_in_tables("\n".join(lines))]
    assert read == found


@given(st.lists(st.text("|-MFLOPs 0123.%", max_size=40), max_size=6))
def test_any_table_is_read(lines: list[str]) -> None:
    """Nothing raises."""
    assert all(each.value >= 0 for each in stated_in_tables("\n".join(lines)))


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (
            ("| | before | after |", RULE, "| MFLOPs | 318.97 | 38.0 |", "| Acc | 96.3% | 80.1% |"),
            [("MFLOPs", 38.0), ("accuracy", 80.1)],
        ),
        (("| MFLOPs | 38.0 |", RULE, "| 準確率 | 80.1% |"), [("MFLOPs", 38.0), ("accuracy", 80.1)]),
        (("| | original |", RULE, "| MFLOPs | 318.97 |"), []),
        (("| Machine | 3090 |", RULE, "| Dropouts | 2 |"), []),
    ],
)
def test_a_row_has_its_name_in_the_first_column(
    lines: tuple[str, ...], found: list[tuple[str, float]]
) -> None:
    """The column of the original network is left out."""
    read = [(each.what, each.value) for each in stated_in_tables("\n".join(lines))]
    assert read == found


def test_a_text_without_its_tables() -> None:
    """A line with `|` alone is no table."""
    table = f"| MFLOPs | before |\n{RULE}\n| 1 | 2 |"
    assert without_tables(f"a | b\n{table}\n\nafter") == "a | b\n\nafter"
