"""Notebooks full of markup that wants out, and the page that is made of them."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from grader.errors import Fault
from grader.notebook.page import body, page
from grader.notebook.read import opened
from grader.sandbox.child.read_notebook import answer
from tests.fuzz.answers import helped
from tests.fuzz.spoilt import spoilt
from tests.fuzz.values import change
from tests.hostile.inspect_page import inspected
from tests.notebook.books import book, code, encoded, honest, markdown, png, printed, raised, shown

NAME = "312551001.ipynb"
_FRAGMENTS = [
    *("<script>", "</script>", "<svg onload=x>", "<style>", "</style>", "<!--", "-->", "<![CDATA["),
    *("<img src=x onerror=x>", "<a href='java\tscript:x'>", "</section>", "</title>", "<math>"),
    *("<mglyph>", "<template>", "<noscript>", "<form action=x>", "<base href=//x>", "<p id=cell-1"),
    *("<span class='ansi-bold note'>", "<table><td rowspan=9e9>", "<object data=x>", '"', "'", ">"),
    *("[x](javascript:x)", "![x](attachment:../../x)", "![x](image:0)", "[x]: data:text/html,x"),
    *("![x](data:image/svg+xml,<svg/onload=x>)", "```html\n", "\n\n", "# ", "|a|\n|-|\n", "    "),
    *("$\\href{javascript:x}{y}$", "$$", "\\(", "&lt;", "&#x3c;", "&colon;", "&amp", "**", "`"),
    *("\x1b[31m", "\x1b]8;;javascript:x\x07", "\x1b[999999999m", "\r", "\b", "\0"),
    *("\u202e", "\ud800"),
]
_TEXTS = st.lists(st.sampled_from(_FRAGMENTS) | st.text(max_size=3), max_size=8).map("".join)
_MIMES = ["text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png"]
_MIMES += ["application/javascript", "application/json", "text/html; charset=x", "image/jpeg", ""]
_OUTPUTS: st.SearchStrategy[Any] = st.one_of(
    st.builds(printed, _TEXTS, st.sampled_from(["stdout", "stderr", "<b>"])),
    st.builds(raised, _TEXTS, _TEXTS),
    st.dictionaries(st.sampled_from(_MIMES), _TEXTS | st.just(png()), max_size=3).map(shown),
)
_ATTACHMENTS = st.dictionaries(
    st.sampled_from(["../../x", "image:0", "x", "x' onerror='x"]),
    st.dictionaries(st.sampled_from(_MIMES), _TEXTS | st.just(png()), max_size=2),
    max_size=2,
)
_CELLS: st.SearchStrategy[Any] = st.one_of(
    st.builds(lambda text, attached: markdown(text, **attached), _TEXTS, _ATTACHMENTS),
    st.builds(lambda text, outputs: code(text, *outputs), _TEXTS, st.lists(_OUTPUTS, max_size=3)),
    _TEXTS.map(lambda text: {"cell_type": "raw", "metadata": {}, "source": text}),
)


@st.composite
def notebooks(draw: st.DrawFn) -> bytes:
    """A right notebook of wrong words, or an honest one; and here and there a wrong form."""
    if draw(st.integers(1, 4)) < 4:
        raw = book(*draw(st.lists(_CELLS, min_size=1, max_size=4)))
    else:
        raw = honest()
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        change(draw, raw, [*_MIMES, *_FRAGMENTS])
    content = encoded(raw)
    return draw(spoilt(content)) if draw(st.integers(1, 8)) == 8 else content


def check(content: bytes, _folder: Path) -> None:
    """The notebook is refused with help, or its page can do nothing."""
    try:
        notebook = opened(answer(content), NAME)
    except Fault as fault:
        helped(fault)
        return
    found = inspected(page(body(notebook), NAME))
    assert found.problems == []
    assert found.titles == [NAME]
