"""The places of a quote on its page."""

import pytest

from grader.writeup.document import Box
from grader.writeup.passages import fractions, page_text
from tests.writeup.pages import page

TWO_LINES = page({100.0: [(60.0, "We use a Rasp-")], 120.0: [(60.0, "berry Pi, as asked.")]})


def test_a_quote_has_a_box_for_each_line() -> None:
    """Also where a word is divided at the end of a line."""
    first, second = page_text(TWO_LINES).boxes("a Raspberry Pi")
    assert (first[1], first[3]) == (0.125, 0.1375)
    assert (second[0], second[1]) == (0.1, 0.15)
    assert first[0] > 0.1  # "We use" is not in the quote


@pytest.mark.parametrize("quote", ["", "…", "a Jetson"])
def test_a_quote_that_is_not_on_the_page_has_no_box(quote: str) -> None:
    """Also one without letters."""
    assert page_text(TWO_LINES).boxes(quote) == ()


def test_a_box_outside_of_the_page_is_cut() -> None:
    """Fractions are from 0 to 1."""
    assert fractions(Box(x0=-5, top=0, x1=700, bottom=400), TWO_LINES) == (0.0, 0.0, 1.0, 0.5)
