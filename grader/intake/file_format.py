"""The formats in which people hand in a write-up, told by the file's first bytes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

HEAD = 4096  # bytes of a file that are looked at
PDF = b"%PDF-"
_PDF_WITHIN = 1024  # as readers accept it: some programs write a line before it


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A format that is not PDF: its name in a sentence, and how its program exports a PDF."""

    name: str
    export: str


_WORD = "In Word: File, Save As, PDF."
_OFFICE = "In LibreOffice: File, Export As, Export as PDF."
_PHOTOS = "Put all pages into one PDF: a phone's scanner app and a computer's print dialog can."
_NOTEBOOK = FileFormat(
    name="a notebook",
    export="In Jupyter: File, Save and Export Notebook As, PDF; or print the page to a PDF.",
)
_DOCUMENT = FileFormat(name="a Word document", export=_WORD)
# By a member that every file of the format has: these formats are zips.
_ZIPPED = {
    "word/document.xml": _DOCUMENT,
    "ppt/presentation.xml": FileFormat(name="a presentation", export=_WORD.replace("Word", "it")),
    "xl/workbook.xml": FileFormat(name="a spreadsheet", export=_WORD.replace("Word", "Excel")),
    "content.xml": FileFormat(name="an OpenDocument file", export=_OFFICE),
    "Index/Document.iwa": FileFormat(
        name="a Pages document", export="In Pages: File, Export To, PDF."
    ),
}
_RICH_TEXT = FileFormat(name="a rich text document", export=_WORD)
_PHOTO = FileFormat(name="a picture", export=_PHOTOS)
# By the offset and the bytes of the signature.
_SIGNATURES = (
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _DOCUMENT),
    (0, b"{\\rtf", _RICH_TEXT),
    (0, b"\x89PNG\r\n\x1a\n", _PHOTO),
    (0, b"\xff\xd8\xff", _PHOTO),
    (0, b"GIF8", _PHOTO),
    (0, b"II*\x00", _PHOTO),
    (0, b"MM\x00*", _PHOTO),
    (4, b"ftyphei", _PHOTO),
    (4, b"ftypmif1", _PHOTO),
    (8, b"WEBP", _PHOTO),
)
_WEB_PAGE = FileFormat(name="a web page", export="Open it in a browser and print it to a PDF.")
_LATEX = FileFormat(name="a LaTeX source", export="Compile it, and hand in the PDF.")
_TEXT = FileFormat(name="a text file", export="Open it in an editor and print it to a PDF.")
# The likeliest write-ups first.
_BY_SUFFIX = {
    ".docx": _DOCUMENT, ".doc": _DOCUMENT, ".odt": _ZIPPED["content.xml"],
    ".pages": _ZIPPED["Index/Document.iwa"], ".rtf": _RICH_TEXT,
    ".pptx": _ZIPPED["ppt/presentation.xml"], ".tex": _LATEX, ".ipynb": _NOTEBOOK,
    ".html": _WEB_PAGE, ".htm": _WEB_PAGE, ".jpg": _PHOTO, ".jpeg": _PHOTO, ".heic": _PHOTO,
    ".png": _PHOTO, ".webp": _PHOTO, ".md": _TEXT, ".txt": _TEXT,
}  # fmt: skip


def is_pdf(head: bytes) -> bool:
    """Return True if the first bytes of a file are those of a PDF; those of a zip never are.

    A zip that does not compress has its first file, which can be a PDF, just behind its own header.
    """
    return PDF in head[:_PDF_WITHIN] and not is_zip(head)


def is_zip(head: bytes) -> bool:
    """Return True if the first bytes of a file are those of a zip."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def format_of(head: bytes) -> FileFormat | None:
    """Return the format of a file that is neither PDF nor zip; `head` are its first bytes.

    None if the format is unknown.
    """
    for offset, signature, found in _SIGNATURES:
        if head.startswith(signature, offset):
            return found
    try:
        text = head.decode("utf-8-sig", "strict" if len(head) < HEAD else "ignore").lstrip()
    except UnicodeDecodeError:
        return None
    if not text or any(not (char.isprintable() or char.isspace()) for char in text):
        return None
    if text.startswith("{") and ('"cells"' in text or '"nbformat"' in text):
        return _NOTEBOOK
    if text.lower().startswith(("<!doctype html", "<html")):
        return _WEB_PAGE
    return _LATEX if "\\documentclass" in text else _TEXT


def format_of_zip(members: Collection[str]) -> FileFormat | None:
    """Return the format of a document that is a zip, by its members; None for any other zip."""
    return next((found for member, found in _ZIPPED.items() if member in members), None)


def likeliest_format(names: Iterable[str]) -> FileFormat | None:
    """Return the format in which the write-up is, if it is one of the files `names`.

    Documents come first, then notebooks, then pages and pictures, which are often beside one. None
    if no name has a known suffix.
    """
    suffixes = {PurePosixPath(name).suffix.lower() for name in names}
    return next((found for suffix, found in _BY_SUFFIX.items() if suffix in suffixes), None)
