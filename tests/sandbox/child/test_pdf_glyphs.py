import pytest

from grader.sandbox.child.pdf_glyphs import REPLACEMENT, clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ﬁne ﬂow", "fine flow"),
        ("2\u00a0ms", "2 ms"),
        ("soft\u00adhyphen\u200b", "softhyphen"),
        ("0.97²", "0.97²"),
        ("½", "½"),
        ("µ", "μ"),
        ("\x01", REPLACEMENT),
        ("\uf0b1", REPLACEMENT),
        ("學", "學"),
    ],
)
def test_text_is_in_one_form(text: str, expected: str) -> None:
    """Without ligatures and invisible characters; a superscript never becomes a digit."""
    assert clean(text) == expected


def test_the_font_symbol_has_signs_of_its_own() -> None:
    """In the private use area."""
    assert clean("2\uf0b11", symbols=True) == "2±1"
