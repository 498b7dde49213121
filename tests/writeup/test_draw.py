from pathlib import Path

import pytest

from grader.errors import Fault
from grader.sandbox.picture import size
from grader.sandbox.start import best_isolation
from grader.writeup.draw import DRAWN_PIXELS, PageToDraw, draw_page
from tests.writeup.pdfs import pdf, text


@pytest.mark.system
def test_a_page_is_drawn_in_the_sandbox(tmp_path: Path) -> None:
    """As a PNG of the page's form; a page that is not there is a fault."""
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(text("Hello")))
    found = size("image/png", draw_page(path, path.name, PageToDraw(number=1), best_isolation()))
    assert found is not None
    assert found[0] * found[1] <= DRAWN_PIXELS * 1.01
    assert found[0] / found[1] == pytest.approx(612 / 792, rel=0.01)
    with pytest.raises(Fault, match="Page 2"):
        draw_page(path, path.name, PageToDraw(number=2), best_isolation())


@pytest.mark.system
def test_what_is_below_a_cover_is_in_no_pixel(tmp_path: Path) -> None:
    """Two pages with different names, each covered, give the same picture."""
    pictures = []
    for name in ("Ada Lovelace", "Charles Babbage"):
        path = tmp_path / "report.pdf"
        path.write_bytes(pdf(text(name)))
        page = PageToDraw(number=1, cover=(0.1, 0.05, 0.5, 0.12))
        pictures.append(draw_page(path, path.name, page, best_isolation()))
    assert pictures[0] == pictures[1]
    assert pictures[0] != draw_page(path, path.name, PageToDraw(number=1), best_isolation())
