"""What the child that reads PDFs answers; tests/writeup/test_read.py starts real ones."""

import json
import zlib
from typing import Any

import pytest
from reportlab.lib import pdfencrypt
from reportlab.pdfgen.canvas import Canvas

from grader.sandbox.child import read_pdf
from grader.sandbox.child.read_pdf import answer
from tests.writeup.pdfs import pdf, text


def said(data: bytes) -> dict[str, Any]:
    """What the message for these bytes says."""
    found: dict[str, Any] = json.loads(answer(data))
    return found


def written(content: bytes) -> bytes:
    """A PDF of one page with this content, compressed."""
    packed = zlib.compress(content)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    made = b"%PDF-1.4\n"
    for number, each in enumerate(objects, 1):
        made += b"%d 0 obj%s\nendobj\n" % (number, each)
    return made + b"trailer<</Size 6/Root 1 0 R>>\n%%EOF\n"


NO_PAGES = written(b"").replace(b"/Kids[3 0 R]", b"/Kids[     ]").replace(b"/Page/", b"/Pagx/")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"\0\0\n", "empty"),
        (b"PK\x03\x04...word/document.xml", "not-a-pdf"),
        (b"Dear TA", "not-a-pdf"),
        (b"x" * 1_024 + b"%PDF-1.7", "not-a-pdf"),
        (b"%PDF-1.7\nnothing", "truncated"),
        (b"%PDF-1.7\nnothing\n%%EOF", "damaged"),
        (pdf(text("secret"), encrypt=pdfencrypt.StandardEncryption("ada")), "password"),
        (
            written(b"")
            .replace(b"/Kids[3 0 R]", b"/Kids[     ]")
            .replace(b"/Type/Page/", b"/Type/Pagx/"),
            "no-pages",
        ),
    ],
)
def test_a_file_that_is_no_pdf_is_refused_with_its_kind(data: bytes, kind: str) -> None:
    """A student knows what to hand in instead."""
    assert said(data) == {"refused": kind}


def test_a_page_has_words_rules_and_its_size() -> None:
    """A picture has a box; a drawing of curves has none."""

    def draw(canvas: Canvas) -> None:
        text("A word")(canvas)
        canvas.line(72, 700, 300, 700)
        canvas.rect(72, 500, 100, 50)
        canvas.bezier(0, 0, 10, 50, 50, 10, 100, 100)

    found = said(pdf(draw))
    (page,) = found["pages"]
    assert [each[0] for each in page["words"]] == ["A", "word"]
    assert page["rules"] == [[72, 92, 300, 92], [72, 242, 172, 292]]
    assert (page["width"], page["height"], page["unread"]) == (612, 792, None)
    assert found["ends_well"]
    assert "ReportLab" in found["producer"]


def test_a_pdf_that_opens_without_a_password_is_read() -> None:
    """Though it is encrypted."""
    data = pdf(text("open"), encrypt=pdfencrypt.StandardEncryption("", ownerPassword="x"))
    assert [each[0] for each in said(data)["pages"][0]["words"]] == ["open"]


def test_text_below_a_scan_is_hidden() -> None:
    """Text recognition misreads digits."""
    (page,) = said(written(b"BT 3 Tr /F 10 Tf 50 700 Td (0.9718) Tj ET"))["pages"]
    assert (page["hidden"], page["characters"], page["words"]) == (6, 0, [])


def test_too_many_characters_are_not_kept() -> None:
    """The page is named as unread, and the others are read."""
    (page,) = said(written(b"BT /F 1 Tf 50 700 Td" + b" (aaaaaaaaaa) Tj" * 6_000 + b" ET"))["pages"]
    assert (page["unread"], page["words"]) == ("characters", [])


def test_a_slow_page_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """It draws for ever."""
    monkeypatch.setattr(read_pdf, "SECONDS_FOR_A_PAGE", 0.3)
    (page,) = said(written(b"0 0 m 1 1 l S\n" * 300_000))["pages"]
    assert page["unread"] == "time"


def test_a_page_without_its_content_is_not_an_empty_one() -> None:
    """Its stream is missing."""
    (page,) = said(written(b"").replace(b"Contents 4 0 R", b"Contents 9 0 R"))["pages"]
    assert page["unread"] == "damaged"


def test_only_the_first_pages_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """All are counted."""
    monkeypatch.setattr(read_pdf, "PAGES_AT_MOST", 2)
    found = said(pdf(*[text("page")] * 5))
    assert (len(found["pages"]), found["pages_in_file"]) == (2, 5)


def test_shapes_that_are_no_numbers_cost_their_page_only() -> None:
    """A page of no size, or of an endless one."""
    data = written(b"BT /F 10 Tf (x) Tj ET")
    for box in (b"[0 0 0   800]", b"[0 0 9e9 800]", b"[(a) 0 6 800]"):
        (page,) = said(data.replace(b"[0 0 600 800]", box))["pages"]
        assert page["number"] == 1
