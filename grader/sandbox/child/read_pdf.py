"""Child: reads a PDF and sends its words, lines and pictures, each with its place.

`read_pdf PDF SETTINGS`. The message is JSON, described by `grader.writeup.description`. A link,
script, form or attachment of the file is never followed.
"""

import contextlib
import gc
import io
import json
import logging
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.utils import decode_text

from grader.sandbox.child.message import message_pipe, printable
from grader.sandbox.child.pdf_glyphs import Collector, TooMany
from grader.sandbox.child.pdf_words import page_record
from grader.sandbox.child.processor_timer import at_most

PAGES_AT_MOST = 200  # that are read; a write-up has ten
PAGES_COUNTED = 10_000
CHARACTERS_AT_MOST = 400_000  # of all pages
SECONDS_FOR_A_PAGE = 6.0  # processor time; a page of a write-up takes 0.1 s
SECONDS_FOR_ALL = 15.0
HEADER_WITHIN = 1_024  # bytes: some programs write a few before the PDF's own


class Refused(Exception):
    """The file cannot be read; `args[0]` is the kind of the refusal."""


class OutOfTime(BaseException):
    """A page takes longer than any page of a write-up; no handler of `Exception` catches it."""


def main() -> None:
    """Send the message for argv[1]; a refusal is a message too."""
    gc.disable()  # it would visit millions of a hostile file's objects again and again
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    with message_pipe() as pipe:
        pipe.write(answer(Path(sys.argv[1]).read_bytes()))


def answer(data: bytes) -> bytes:
    """Return the message for a PDF of these bytes."""
    try:
        described = _described(data)
    except Refused as refused:
        described = {"refused": refused.args[0]}
    except MemoryError:
        described = {"refused": "memory"}
    except OutOfTime:
        described = {"refused": "time"}
    except Exception:  # pdfminer raises all kinds of exceptions for a damaged file
        described = {"refused": "damaged" if _ends_well(data) else "truncated"}
    return json.dumps(described, allow_nan=False).encode()


def _described(data: bytes) -> dict[str, Any]:
    _refuse_what_is_no_pdf(data)
    until = time.process_time() + SECONDS_FOR_ALL
    with at_most(SECONDS_FOR_ALL, OutOfTime):
        document = _opened(data)
        pages, count = _pages(document)
    if not pages:
        raise Refused("no-pages")
    read = _Read(until)
    return {
        "producer": _said(document, "Producer"),
        "creator": _said(document, "Creator"),
        "ends_well": _ends_well(data),
        "pages_in_file": count,
        "pages": [read.page(number, page) for number, page in enumerate(pages, 1)],
    }


def _refuse_what_is_no_pdf(data: bytes) -> None:
    if not data.strip(b"\0\r\n \t"):
        raise Refused("empty")
    if b"%PDF-" not in data[:HEADER_WITHIN]:
        raise Refused("not-a-pdf")  # intake has told a student which format it is


def _ends_well(data: bytes) -> bool:
    """True if the file has a PDF's last line: it was not cut off."""
    return b"%%EOF" in data[-HEADER_WITHIN:]


def _opened(data: bytes) -> PDFDocument:
    try:
        return PDFDocument(PDFParser(io.BytesIO(data)), password="")
    except PDFPasswordIncorrect as error:
        raise Refused("password") from error
    except PDFEncryptionError as error:
        raise Refused("encryption") from error


def _pages(document: PDFDocument) -> tuple[list[PDFPage], int]:
    """Return the pages to read, and how many there are, counted up to a limit."""
    pages: list[PDFPage] = []
    count = 0
    with contextlib.suppress(StopIteration):
        for page in PDFPage.create_pages(document):
            count += 1
            if count <= PAGES_AT_MOST:
                pages.append(page)
            if count >= PAGES_COUNTED:
                break
    return pages, count


def _said(document: PDFDocument, key: str) -> str:
    """Return an entry of the file's metadata, "" if it has none that can be read."""
    for info in document.info:
        value = resolve1(info.get(key))
        if isinstance(value, bytes):
            return printable(decode_text(value), 120)
    return ""


class _Read:
    """Reads one page after another, within what is left of the time and of the characters."""

    def __init__(self, until: float) -> None:
        self._until = until
        self._characters_left = CHARACTERS_AT_MOST
        self._resources = PDFResourceManager()

    def page(self, number: int, page: PDFPage) -> dict[str, Any]:
        """Return the description of a page; `unread` is the reason why it was not read, or None."""
        collector = Collector(self._resources)
        unread = self._collected(page, collector)
        if unread is not None:
            collector = Collector(self._resources)
        self._characters_left -= len(collector.glyphs)
        try:
            return {"number": number, "unread": unread, **page_record(page, collector)}
        except Exception:  # boxes that are no numbers
            empty = {"width": 0.0, "height": 0.0, "rotation": 0, "characters": 0, "hidden": 0}
            nothing = {"unmapped": 0, "words": [], "rules": [], "pictures": []}
            return {"number": number, "unread": unread or "damaged", **empty, **nothing}

    def _collected(self, page: PDFPage, collector: Collector) -> str | None:
        left = min(SECONDS_FOR_A_PAGE, self._until - time.process_time())
        if left <= 0 or self._characters_left <= 0:
            return "time" if left <= 0 else "characters"
        try:
            with at_most(left, OutOfTime):
                whole = all(isinstance(resolve1(each), PDFStream) for each in page.contents)
                if whole:  # pdfminer would take any other page for an empty one
                    PDFPageInterpreter(self._resources, collector).process_page(page)
        except OutOfTime:
            return "time"
        except (TooMany, MemoryError) as error:
            return "characters" if isinstance(error, TooMany) else "memory"
        except Exception:  # pdfminer raises all kinds of exceptions for a damaged page
            return "damaged"
        return None if whole else "damaged"


if __name__ == "__main__":
    main()
