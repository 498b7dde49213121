import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.text import (
    FORMULA_STARTS,
    UNSEEN,
    cell,
    counted,
    from_cell,
    inert,
    masked,
    mflops,
    percent,
    points,
    quoted,
    sentence,
    several,
    short,
    size,
    so_far,
    storable,
    visible,
    whole,
    without_commands,
)
from tests.ci_runners import commands_in


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_inert_text_has_only_visible_characters(text: str) -> None:
    """Every text becomes one line that can be encoded and does not act on a terminal."""
    shown = inert(text)
    assert shown.isprintable() or all(c.isprintable() or c.isspace() for c in shown)
    assert not set(shown) & {"\x1b", "\r", "\n", "\t", "\u202e", "\u200b", "\u2028", "\x9b"}
    shown.encode("utf-8")


def test_printable_characters_are_never_escaped() -> None:
    """So the shortcut for printable text gives the same result as the loop."""
    printable = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isprintable()]
    assert not {unicodedata.category(character) for character in printable} & UNSEEN
    assert not set(printable) & {"\n", "\t"}


def test_readable_text_stays() -> None:
    """Letters of any script, spaces and markup do not change."""
    assert inert("王小明 [b] <i> & é　全形") == "王小明 [b] <i> & é　全形"


def test_invisible_characters_are_escaped() -> None:
    """An escape, an override of the reading order and a lone surrogate become visible."""
    assert inert("a\x1b[2J\u202e\udcff\nb") == r"a\x1b[2J\u202e\udcff b"


def test_numbers_have_fixed_formats() -> None:
    """MFLOPs have six digits, fractions are percent with two digits, points have two digits."""
    assert mflops(43.396277) == "43.396277"
    assert percent(0.9311) == "93.11 %"
    assert points(45.465597) == "45.47"
    assert [whole(55.0), whole(2.5)] == ["55", "2.5"]
    assert size(1_934_482) == "1.9 MB"


def test_different_names_look_different() -> None:
    """A name's unusual spaces and line breaks are escaped; letters of any script stay."""
    assert visible("王 a\u3000b") == "王 a\u3000b"
    assert visible("a\xa0b\n") == r"a\xa0b\n"


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_a_masked_text_is_as_long_as_before(text: str) -> None:
    """It is one line of visible characters."""
    assert len(masked(text)) == len(text)
    assert masked(text).isprintable()


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_can_be_stored(text: str) -> None:
    """The result is UTF-8 without a NUL; storing it again does not change it."""
    kept = storable(text)
    assert "\0" not in kept
    kept.encode("utf-8")
    assert storable(kept) == kept


@given(st.text(st.sampled_from("=+-@＝' ;|a\n")))  # noqa: RUF001 - a wide equals sign
def test_a_cell_is_read_back(text: str) -> None:
    """No cell begins with a formula, and a quoted text is read back unchanged."""
    assert not cell(text).strip().startswith(FORMULA_STARTS)
    assert from_cell(quoted(text)) == text


def test_a_long_list_is_cut() -> None:
    """It has the first names and the number of the others; a short list is complete."""
    assert several("abc", 3) == "a, b, c"
    assert several("abcde", 3) == "a, b, c and 2 more"
    assert several("abcde", 3, "; ") == "a; b; c; and 2 more"


@pytest.mark.parametrize(
    ("printed", "left"),
    [
        ("::error::x", ": :error::x"),
        ("  ::set-output name=score::95", "  : :set-output name=score::95"),
        ("a\n\u3000::error::x", "a\n\u3000: :error::x"),
        ("a\r::error::x\r\n::debug::y", "a\r: :error::x\r\n: :debug::y"),
        ("a ##[error]x", "a # #[error]x"),
        ("a ##VSO[task.complete]x", "a # #VSO[task.complete]x"),
        ("##teamcity[x]", "# #teamcity[x]"),
        ("section_start:1:x", "section_start :1:x"),
        (":::", ": ::"),
        ("std::vector ## [a] a: :b", "std::vector ## [a] a: :b"),
    ],
)
def test_no_line_is_a_command_of_ci(printed: str, left: str) -> None:
    """A space goes where a command would begin, and nowhere else."""
    assert without_commands(printed) == left
    assert commands_in(left) == []


@given(st.text(st.sampled_from("a: #[]vsoteamcity\r\n\t\u3000section_rd1"), max_size=60))
def test_whatever_is_printed_is_no_command(printed: str) -> None:
    """Also where spaces, line ends and the beginnings of commands are mixed."""
    assert commands_in(without_commands(printed)) == []


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 things of B1"),
        (1, "one thing of B1"),
        (2, "2 things of B1"),
        (1.5, "1.5 things of B1"),
    ],
)
def test_one_is_singular_and_all_others_are_plural(count: float, said: str) -> None:
    """The number and the other fields are filled in."""
    assert counted(count, "one thing of {id}", "{count} things of {id}", id="B1") == said


@pytest.mark.parametrize(
    ("words", "said"),
    [("It ended", "It ended."), ("It ended.", "It ended."), ("Why?", "Why?"), ("cut…", "cut…")],
)
def test_a_sentence_has_one_stop(words: str, said: str) -> None:
    """Never two."""
    assert sentence(words) == sentence(ValueError(words)) == said


def test_a_long_text_is_cut() -> None:
    """To the length, with a sign; a short one is only brought on one line."""
    assert short("a\n b", 5) == "a b"
    assert short("abcdef", 4) == "abc…"


@pytest.mark.parametrize(
    ("value", "pending", "said"), [(5.0, 0.0, "5.00"), (5.0, 2.0, "5.00+"), (None, 2.0, "-")]
)
def test_points_that_may_become_more_have_a_plus(
    value: float | None, pending: float, said: str
) -> None:
    """Unknown points are a dash."""
    assert so_far(value, pending) == said
