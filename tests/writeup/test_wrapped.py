import pytest

from grader.labs.write_up_table import CellKind
from grader.writeup.wrapped import Piece, joined


def pieces(*texts: str, fullness: float = 1.0) -> list[Piece]:
    """Pieces on lines below each other, all of the same width."""
    return [
        Piece(text=text, bottom=12.0 * number, fullness=fullness)
        for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("texts", "kind", "expected"),
    [
        (("1,470,4", "74"), "count", "1,470,474"),
        (("1,470,", "474"), "count", "1,470,474"),
        (("97.", "33%"), "fraction", "97.33%"),
        (("0.97", "18"), "fraction", "0.9718"),
        (("2.41 ±", "0.05", "ms"), "time", "2.41 ± 0.05 ms"),
        (("2.41", "0.05"), "time", "2.41 0.05"),
        (("1,470,474", "74"), "count", "1,470,474 74"),
        (("Lab", "2"), "text", "Lab 2"),
    ],
)
def test_one_number_is_put_together(texts: tuple[str, ...], kind: CellKind, expected: str) -> None:
    """Two numbers stay two."""
    assert joined(pieces(*texts), kind) == expected


def test_a_short_line_is_not_the_start_of_a_broken_number() -> None:
    """A number is broken only where its column ends."""
    assert joined(pieces("0.97", "18", fullness=0.5), "fraction") == "0.97 18"
