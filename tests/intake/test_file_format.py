import io
import zipfile

import nbformat
import pytest
from PIL import Image

from grader.intake.file_format import format_of, format_of_zip, is_pdf, is_zip, likeliest_format


def picture(kind: str) -> bytes:
    """The bytes of a small picture."""
    stream = io.BytesIO()
    Image.new("RGB", (9, 9)).save(stream, kind)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("head", "word"),
    [
        *((picture(kind), "picture") for kind in ("PNG", "JPEG", "GIF", "TIFF", "WEBP")),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "picture"),
        (nbformat.writes(nbformat.v4.new_notebook()).encode(), "notebook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "Word"),
        (b"{\\rtf1\\ansi Hello}", "rich text"),
        (b"\xef\xbb\xbf<!DOCTYPE html><title>Report</title>", "web page"),
        (b"% a comment\n\\documentclass{article}", "LaTeX"),
        ("# Ergebnisse für Übung 4\n".encode(), "text"),
    ],
)
def test_a_format_is_told_by_the_first_bytes(head: bytes, word: str) -> None:
    """Each has a name, and says how its program exports a PDF."""
    found = format_of(head)
    assert found is not None
    assert word in found.name
    assert found.export.endswith(".")


@pytest.mark.parametrize("head", [b"", b"\0" * 99, b"\xff\xfe\xfd", b"\x80\x02}q\0"])
def test_an_unknown_format_has_no_name(head: bytes) -> None:
    """Nothing is said of bytes that nobody knows."""
    assert format_of(head) is None


def test_text_that_is_cut_inside_a_character_is_text() -> None:
    """Only the first bytes are looked at."""
    found = format_of(b"a" + "é".encode() * 2048)
    assert found is not None
    assert "text" in found.name


@pytest.mark.parametrize(
    ("members", "word"),
    [
        (("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "Word"),
        (("[Content_Types].xml", "ppt/presentation.xml"), "presentation"),
        (("mimetype", "content.xml", "META-INF/manifest.xml"), "OpenDocument"),
        (("Index/Document.iwa", "Data/a.jpg"), "Pages"),
        (("report.pdf", "model/a.pth"), None),
    ],
)
def test_a_document_that_is_a_zip_is_told_by_its_members(
    members: tuple[str, ...], word: str | None
) -> None:
    """Any other zip is an archive."""
    found = format_of_zip(members)
    assert (found is None) == (word is None)
    assert word is None or (found is not None and word in found.name)


def test_a_pdf_may_begin_with_another_line() -> None:
    """As readers accept it; a zip is no PDF."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("report.pdf", b"%PDF-1.7")
    assert is_pdf(b"%PDF-1.7\n")
    assert is_pdf(b"@PJL\n%PDF-1.4\n")
    assert not is_pdf(b"x" * 1024 + b"%PDF-1.4")
    assert is_zip(stream.getvalue())
    assert not is_zip(b"%PDF-1.7\n")


def test_a_zip_that_does_not_compress_is_no_pdf() -> None:
    """The PDF in it begins a few bytes behind the zip's header."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("report.pdf", b"%PDF-1.7")
    assert b"%PDF-" in stream.getvalue()[:100]
    assert not is_pdf(stream.getvalue())


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (["plots/IMG_0001.HEIC"], "picture"),
        (["README.md", "a.png", "code.ipynb", "z/Report.DOCX"], "Word"),
        (["README.md", "a.png", "code.ipynb"], "notebook"),
    ],
)
def test_the_likeliest_write_up_is_named(names: list[str], word: str) -> None:
    """A document before a notebook, and that before pictures and texts."""
    found = likeliest_format(names)
    assert found is not None
    assert word in found.name


def test_names_without_a_known_suffix_say_nothing() -> None:
    """Nor does a hand-in without files."""
    assert likeliest_format(["Makefile", "a.xyz"]) is None
    assert likeliest_format([]) is None
