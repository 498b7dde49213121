import io

import pytest
from PIL import Image

from grader.sandbox.child.draw_pdf import COVER, drawn
from grader.sandbox.picture import size
from tests.writeup.pdfs import pdf, text

DATA = pdf(text("Hello"), text("World"))


def test_a_page_is_drawn_with_at_most_so_many_pixels() -> None:
    """As a plain PNG, with its text."""
    found = drawn(DATA, 2, 100_000)
    width, height = size("image/png", found) or (0, 0)
    assert 90_000 < width * height <= 101_000
    picture = Image.open(io.BytesIO(found)).convert("L")
    assert len(set(picture.tobytes())) > 2


@pytest.mark.parametrize(
    ("data", "page"), [(DATA, 0), (DATA, 3), (b"", 1), (b"%PDF-1.4", 1), (b"PK\x03\x04", 1)]
)
def test_what_cannot_be_drawn_is_an_empty_message(data: bytes, page: int) -> None:
    """No page of that number, or no PDF."""
    assert drawn(data, page, 100_000) == b""


def test_a_cover_is_painted_into_the_picture() -> None:
    """All of its box is of one colour, and nothing outside of it changes."""
    plain = Image.open(io.BytesIO(drawn(DATA, 1, 100_000)))
    covered = Image.open(io.BytesIO(drawn(DATA, 1, 100_000, [0.1, 0.05, 0.5, 0.5])))
    wide, high = covered.size
    inside = covered.crop((wide // 9, high // 19, wide // 2, high // 2))
    assert inside.getcolors() == [(inside.width * inside.height, COVER)]
    below = (0, high // 2 + 2, wide, high)
    assert plain.crop(below).tobytes() == covered.crop(below).tobytes()
