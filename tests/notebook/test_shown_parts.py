"""How much of a notebook its page shows."""

from dataclasses import replace

import pytest

from grader.notebook import shown_parts as limits
from grader.notebook.notebook import Cell
from grader.notebook.shown_parts import shown_parts
from tests.notebook.test_page import CELL, OUTPUT, book


def shown(html: str | None, text: str = "text") -> Cell:
    """The cell with this source as a page shows it."""
    (cell,) = shown_parts(book(replace(CELL, html=html, source=text))).cells
    return cell


def nested(tag: str, depth: int) -> str:
    """Elements in each other."""
    return f"<{tag}>" * depth + "x" + f"</{tag}>" * depth


FITTING = (
    "<p><b>x</b></p>",
    nested("div", 64),
    nested("table", 4),
    "<br>" * 10_000,
    "<p>" + "x" * 99_999 + "</p>",
    f'<img src="data:image/png;base64,{"A" * 900_000}" alt="">',
    '<table><tbody><tr><td colspan="10" rowspan="10">x</td></tr></tbody></table>',
    "<table>" + f"<tr>{'<td>x</td>' * 500}</tr>" * 9 + "</table>",
    "<p>" + "剪" * 50_000 + "</p>",
    "<p>" + "\u05d0" * 1_000 + "</p>",
)
TOO_LARGE = (
    nested("div", 65),
    nested("table", 5),
    "<br>" * 10_001,
    "<p>" + "x" * 100_001 + "</p>",
    '<table><tbody><tr><td colspan="99" rowspan="999">x</td></tr></tbody></table>',
    f"<table><tbody><tr>{'<td>x</td>' * 501}</tr></tbody></table>",
    '<table><tbody><tr><td colspan="501">x</td></tr></tbody></table>',
    "<details>x</details>" * 1_001,
    "<p>" + "\u05d0" * 1_001 + "</p>",
    "<p>" + "a\u0301" * 1_001 + "</p>",
)


@pytest.mark.parametrize("html", FITTING)
def test_what_a_browser_draws_quickly_is_shown(html: str) -> None:
    """Unchanged."""
    assert (shown(html).html, shown(html).left_out) == (html, 0)


@pytest.mark.parametrize("html", TOO_LARGE)
def test_what_is_too_large_is_shown_as_text(html: str) -> None:
    """Too deep, too many elements or places of a table, too long, or of complex characters."""
    cell = shown(html)
    assert (cell.html, cell.source, cell.left_out) == (None, "text", 0)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x" * 100_001, 100_000),
        ("\u05d0a" * 5_000, 2_000),
        ("x\n" * 5_001, 10_001),
        ("\x1b[31mx\x1b[0m" * 9, 9),
        ("剪枝\n" * 100, 300),
    ],
)
def test_text_is_cut_to_what_a_browser_draws(text: str, kept: int) -> None:
    """What is left out is counted; colours of a terminal are no text."""
    cell = shown(None, text)
    plain = text.replace("\x1b[31m", "").replace("\x1b[0m", "")
    assert cell.source == plain[:kept]
    assert cell.left_out == len(plain) - kept


def test_all_parts_share_the_pages_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first are shown whole, then text, then nothing of the text."""
    monkeypatch.setattr(limits, "ELEMENTS_AT_MOST", 2)
    monkeypatch.setattr(limits, "CHARACTERS_AT_MOST", 10)
    output = replace(OUTPUT, text="y" * 6, html="<p>" + "y" * 6 + "</p>", left_out=5)
    first, second = shown_parts(
        book(*[replace(CELL, source="x", html="<p>x</p>", outputs=(output,))] * 2)
    ).cells
    assert (first.html, first.outputs[0].html) == ("<p>x</p>", output.html)
    assert (second.html, second.source, second.left_out) == (None, "x", 0)
    (last,) = second.outputs
    assert (last.html, last.text, last.left_out) == (None, "yy", 5 + 4)
