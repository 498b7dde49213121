import io

import pytest
from PIL import Image

from grader.sandbox.child.draw_pdf import drawn
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
