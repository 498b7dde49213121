import threading
import time
from pathlib import Path

import pytest

from grader.errors import Fault
from grader.review.drawn_pages import DrawnPages
from grader.sandbox.child.draw_pdf import drawn
from grader.writeup.draw import PageToDraw
from tests.writeup.pdfs import pdf, text

SHA256 = "0" * 64
PDF = pdf(text("One"), text("Two"))


class Drawer:
    """Draws in this process, and notes what it was asked for and how many draw at once."""

    def __init__(self) -> None:
        self.asked: list[PageToDraw] = []
        self.now = 0
        self.most = 0

    def __call__(self, path: Path, page: PageToDraw) -> bytes:
        """Return the PNG of a page."""
        self.asked.append(page)
        self.now += 1
        self.most = max(self.most, self.now)
        time.sleep(0.02)
        made = drawn(path.read_bytes(), page.number, 20_000, page.cover and [*page.cover])
        self.now -= 1
        if not made:
            raise Fault(f"Page {page.number} cannot be drawn.", help="")
        return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that keeps one PDF."""
    (tmp_path / f"{SHA256}.pdf").write_bytes(PDF)
    return tmp_path


def test_a_page_is_drawn_once(folder: Path) -> None:
    """The next session has the drawing already; the covered page is another drawing."""
    draw = Drawer()
    first = DrawnPages(folder, draw).page(SHA256, 1, None)
    assert DrawnPages(folder, draw).page(SHA256, 1, None) == first
    box = (0.0, 0.0, 0.5, 0.5)
    covered = DrawnPages(folder, draw).page(SHA256, 1, box)
    assert covered != first
    assert DrawnPages(folder, draw).page(SHA256, 1, (0.0, 0.0, 0.5, 0.6)) != covered
    assert draw.asked[:2] == [PageToDraw(number=1), PageToDraw(number=1, cover=box)]
    assert len(draw.asked) == 3


def test_a_page_that_cannot_be_drawn_is_tried_once(folder: Path) -> None:
    """It may take 20 seconds each time."""
    draw = Drawer()
    pages = DrawnPages(folder, draw)
    for _ in range(2):
        with pytest.raises(Fault, match="Page 3"):
            pages.page(SHA256, 3, None)
    assert len(draw.asked) == 1


def test_one_page_at_a_time_is_drawn(folder: Path) -> None:
    """However many are asked for at once."""
    draw = Drawer()
    pages = DrawnPages(folder, draw)
    threads = [
        threading.Thread(target=pages.page, args=(SHA256, number, None))
        for number in (1, 2, 1, 2, 1)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert draw.most == 1
    assert len(draw.asked) == 2


@pytest.mark.parametrize("sha256", ["1" * 64, "../" + "0" * 61, "", f"{SHA256}\n"])
def test_only_kept_pdfs_are_drawn(folder: Path, sha256: str) -> None:
    """A name that is no hash leads nowhere."""
    with pytest.raises(FileNotFoundError):
        DrawnPages(folder, Drawer()).page(sha256, 1, None)


def test_something_else_in_its_place_is_drawn_again(folder: Path) -> None:
    """Only a PNG is served."""
    (folder / f"{SHA256}-1.png").write_bytes(b"<script>")
    assert DrawnPages(folder, Drawer()).page(SHA256, 1, None).startswith(b"\x89PNG")
