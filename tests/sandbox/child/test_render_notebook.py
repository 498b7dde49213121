import base64

import pytest

from grader.sandbox.child import render_notebook
from grader.sandbox.child.render_notebook import Fragments
from tests.notebook.books import png


def test_what_takes_too_long_is_left_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """One fragment has its time, and all together have theirs."""
    monkeypatch.setattr(render_notebook, "SECONDS_FOR_ONE", 0.05)
    monkeypatch.setattr(render_notebook, "SECONDS_FOR_ALL", 0.2)
    fragments = Fragments()
    slow = "[a](" * 49_000
    assert fragments.of_cell("markdown", slow, {}) is None
    assert fragments.of_cell("markdown", "quick", {}) == "<p>quick</p>\n"
    for _ in range(4):
        fragments.of_cell("markdown", slow, {})
    assert fragments.of_cell("markdown", "quick", {}) is None


def test_images_are_numbered_as_they_come() -> None:
    """Data that is not an image gets no number."""
    fragments = Fragments()
    text = f"a data:image/png;base64,{png()} b data:image/gif;base64,A c data:text/html;base64,AA"
    assert fragments.without_images(text) == "a image:0 b image:none c data:text/html;base64,AA"
    assert [image.data for image in fragments.images] == [base64.b64decode(png())]


def test_images_share_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has a size."""
    monkeypatch.setattr(render_notebook, "IMAGES_AT_MOST", len(base64.b64decode(png())))
    fragments = Fragments()
    assert fragments.of_output({"image/png": png()}) == '<img src="image:0" alt="">'
    second = fragments.of_output({"image/png": png(), "text/plain": "<Figure>"})
    assert second == "<p>[This image/png is left out.]</p><pre>&lt;Figure&gt;</pre>"


def test_the_richest_form_is_shown() -> None:
    """An image before HTML before Markdown before text; nothing of what would have to run."""
    fragments = Fragments()
    forms = {"text/plain": "p", "text/markdown": "*m*", "text/html": "<i>h</i>"}
    assert fragments.of_output({**forms, "image/png": png()}) == '<img src="image:0" alt="">'
    assert fragments.of_output(forms) == "<i>h</i>"
    del forms["text/html"]
    assert fragments.of_output(forms) == "<p><em>m</em></p>\n"
    del forms["text/markdown"]
    assert fragments.of_output(forms) == "<pre>p</pre>"
    assert fragments.of_output({"application/javascript": "run()"}) is None


def test_pictures_that_a_browser_cannot_draw_are_named() -> None:
    """An SVG could take gigabytes; its text, if it has one, is shown too."""
    svg = {"image/svg+xml": "<svg/>"}
    assert Fragments().of_output(svg) == "<p>[This image/svg+xml is left out.]</p>"
    shown = Fragments().of_output({**svg, "text/plain": "Figure"})
    assert shown == "<p>[This image/svg+xml is left out.]</p><pre>Figure</pre>"
    assert Fragments().without_images("data:image/svg+xml;base64,PHN2Zy8+") == "image:none"


def test_pictures_have_their_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those beyond it are left out; those before it are shown."""
    monkeypatch.setattr(render_notebook, "SECONDS_FOR_PICTURES", 0.0001)
    monkeypatch.setattr(render_notebook, "still", lambda *_: sum(range(10**6)) and None)
    fragments = Fragments()
    fragments.of_output({"image/png": png()})
    monkeypatch.undo()
    fragments.of_output({"image/png": png()})
    assert fragments.images == []
