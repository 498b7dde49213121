import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from grader.text import (
    FORMULA_STARTS,
    UNSEEN,
    cell,
    from_cell,
    inert,
    masked,
    mflops,
    percent,
    points,
    quoted,
    several,
    size,
    storable,
    visible,
    whole,
)


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


def test_names_that_look_alike_are_told_apart() -> None:
    """A name's other spaces and its line breaks are written out; letters of any script stay."""
    assert visible("王 a\u3000b") == "王 a\u3000b"
    assert visible("a\xa0b\n") == r"a\xa0b\n"


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_a_masked_text_is_as_long_as_before(text: str) -> None:
    """And is one line with nothing that does not show."""
    assert len(masked(text)) == len(text)
    assert masked(text).isprintable()


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_can_be_stored(text: str) -> None:
    """As UTF-8 without a NUL; what could be stored before is not changed."""
    kept = storable(text)
    assert "\0" not in kept
    kept.encode("utf-8")
    assert storable(kept) == kept


@given(st.text(st.sampled_from("=+-@＝' ;|a\n")))  # noqa: RUF001 - a wide equals sign
def test_a_cell_is_read_back(text: str) -> None:
    """No cell begins a formula, and what was quoted is read as it was."""
    assert not cell(text).strip().startswith(FORMULA_STARTS)
    assert from_cell(quoted(text)) == text


def test_a_long_list_is_cut() -> None:
    """The first few and how many there are besides; no more is said of a short one."""
    assert several("abc", 3) == "a, b, c"
    assert several("abcde", 3) == "a, b, c and 2 more"
    assert several("abcde", 3, "; ") == "a; b; c; and 2 more"
