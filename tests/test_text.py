import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from grader.text import UNSEEN, inert, mflops, percent, points, size, whole


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_nothing_but_what_shows_is_left(text: str) -> None:
    """Whatever the text, what is shown is one line that can be written and drives no terminal."""
    shown = inert(text)
    assert shown.isprintable() or all(c.isprintable() or c.isspace() for c in shown)
    assert not set(shown) & {"\x1b", "\r", "\n", "\t", "\u202e", "\u200b", "\u2028", "\x9b"}
    shown.encode("utf-8")


def test_what_python_calls_printable_is_left_as_it_is() -> None:
    """The short way takes no character that the long way would write as an escape."""
    printable = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isprintable()]
    assert not {unicodedata.category(character) for character in printable} & UNSEEN
    assert not set(printable) & {"\n", "\t"}


def test_readable_text_stays() -> None:
    """Letters of any script, spaces and markup stay as they are."""
    assert inert("王小明 [b] <i> & é　全形") == "王小明 [b] <i> & é　全形"


def test_what_hides_is_written_out() -> None:
    """An escape, an override of the reading order and a lone surrogate are seen as such."""
    assert inert("a\x1b[2J\u202e\udcff\nb") == r"a\x1b[2J\u202e\udcff b"


def test_numbers_are_written_one_way() -> None:
    """MFLOPs to the last operation, fractions as percent, points to the hundredth."""
    assert mflops(43.396277) == "43.396277"
    assert percent(0.9311) == "93.11 %"
    assert points(45.465597) == "45.47"
    assert [whole(55.0), whole(2.5)] == ["55", "2.5"]
    assert size(1_934_482) == "1.9 MB"
