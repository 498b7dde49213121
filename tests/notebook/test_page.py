"""The page of a notebook, and where it is kept."""

import base64
import dataclasses
import hashlib
from pathlib import Path

import pytest

from grader.notebook.notebook import Cell, Notebook, Output
from grader.notebook.page import QuestionLink, body, keep, kept, page
from tests.hostile.inspect_page import inspected

OUTPUT = Output(kind="stream", name="stdout", text="", left_out=0, html=None, mimes=())
CELL = Cell(
    kind="code",
    execution_count=None,
    source="x < 1",
    left_out=0,
    html=None,
    outputs=(),
    outputs_left_out=0,
)


def book(*cells: Cell) -> Notebook:
    """A notebook of these cells."""
    return Notebook(nbformat="4.5", language="python", cells=cells, output_bytes=0)


def shown(**output: object) -> str:
    """The page's words on a cell with this output."""
    cell = dataclasses.replace(CELL, outputs=(dataclasses.replace(OUTPUT, **output),))  # type: ignore[arg-type]  # fields of Output by name
    return inspected(page(body(book(cell)), "title")).text


def test_every_cell_can_be_linked_to() -> None:
    """By its number, counted from 1, which no cell can give itself."""
    content = body(book(CELL, CELL))
    assert content.count('id="cell-1"') == content.count('id="cell-2"') == 1
    assert content.count("<section") == 2


def test_text_is_text() -> None:
    """Without HTML the source is shown unchanged, with bidirectional controls escaped."""
    odd = dataclasses.replace(CELL, source="<script>\u202e", execution_count=3)
    found = inspected(page(body(book(odd)), "title"))
    assert "<script>\\u202e" in found.text
    assert "[3]" in found.text
    assert found.problems == []


def test_html_is_shown_as_it_was_made() -> None:
    """And not escaped a second time."""
    rich = dataclasses.replace(CELL, html="<p><b>x</b></p>")
    assert "<p><b>x</b></p>" in body(book(rich))


def test_what_is_not_shown_is_said() -> None:
    """Characters cut, outputs cut, and forms of output that are not shown, with their sizes."""
    assert "1,234 characters are left out" in shown(text="x", left_out=1_234)
    widget = (("application/x-widget", 5_000),)
    assert "Not shown: application/x-widget, 5,000 bytes." in shown(mimes=widget)
    assert "Not shown" in shown(html="\n", mimes=widget)
    assert "Not shown" not in shown(text="x", mimes=widget)
    cut = dataclasses.replace(CELL, left_out=7, outputs_left_out=1_000)
    words = inspected(page(body(book(cut)), "title")).text
    assert "7 characters are left out" in words
    assert "1,000 more outputs are left out" in words


def test_text_stands_in_for_html_of_which_nothing_is_left() -> None:
    """A figure that is all script has its text, if it has one."""
    assert "Figure" in shown(html="  ", text="Figure")


def test_the_frame_allows_its_own_style_and_nothing_else() -> None:
    """By the hash that a browser computes of it; a title is text."""
    content = page("<section></section>", "</title><script>")
    style = content.partition("<style>")[2].partition("</style>")[0]
    digest = hashlib.sha256(style.encode()).digest()
    assert inspected(content).problems == []
    assert inspected(content).titles == ["</title><script>"]
    policy = content.partition('Content-Security-Policy" content="')[2].partition('"')[0]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.replace("&#39;", "'").split(";"))
    assert rules == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": f"'sha256-{base64.b64encode(digest).decode()}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_a_page_is_kept_under_its_hash(tmp_path: Path) -> None:
    """Twice the same is once."""
    pages = tmp_path / "pages"
    first, second = (keep("<p>剪枝</p>", pages) for _ in range(2))
    assert first == second == hashlib.sha256("<p>剪枝</p>".encode()).hexdigest()
    assert kept(first, pages) == "<p>剪枝</p>"
    assert len(list(pages.iterdir())) == 1


@pytest.mark.parametrize("content", [None, b"changed", b""])
def test_a_page_that_is_gone_or_changed_is_none(tmp_path: Path, content: bytes | None) -> None:
    """A page that was changed by others is not shown."""
    sha256 = hashlib.sha256(b"<p></p>").hexdigest()
    if content is not None:
        (tmp_path / f"{sha256}.html").write_bytes(content)
    assert kept(sha256, tmp_path) is None


def test_a_list_of_questions_leads_to_their_cells() -> None:
    """Escaped; a question that was not found is named without a link."""
    questions = (
        QuestionLink(title="Question 1: <b>", cell=2),
        QuestionLink(title="Question 2: why", cell=None),
    )
    whole = page(body(book(CELL, CELL)), "title", questions)
    assert '<a href="#cell-2" title="Question 1: &lt;b&gt;">Question 1</a>' in whole
    assert "Question 2 (not found)" in whole
    assert "<nav" not in page(body(book(CELL)), "title")


def test_a_page_has_a_dark_scheme_for_the_screen_only() -> None:
    """On paper it is light."""
    assert "@media screen and (prefers-color-scheme: dark)" in page("", "title")
    assert 'content="light dark"' in page("", "title")
