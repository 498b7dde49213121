"""The text of a write-up: its sentences in the order of reading, each with its page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.writeup.document import Document
from grader.writeup.lines import Line, sides

APART = 0.6  # of the size: a larger gap between two lines begins a paragraph
OTHER_SIZE = 0.15  # of the size: a larger difference is that of a title
_HYPHEN = re.compile(r"(?<=[a-z])-$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Lines that stand close together, as one text; `page` counts from 1."""

    text: str
    page: int


def paragraphs(document: Document) -> tuple[Paragraph, ...]:
    """Return the paragraphs of all pages; a word that is divided at the end of a line is joined."""
    return tuple(
        Paragraph(text=text, page=page.number)
        for page in document.pages
        for side in sides(page)
        for text in _texts(side.lines)
    )


def _texts(lines: tuple[Line, ...]) -> Iterator[str]:
    text = ""
    before: Line | None = None
    for line in lines:
        if before is not None and not _belongs(line, before) and text:
            yield text
            text = ""
        text = _joined(text, line.text)
        before = line
    if text:
        yield text


def _belongs(line: Line, before: Line) -> bool:
    """True if a line is in the same paragraph as the line above it."""
    same_size = abs(line.size - before.size) <= OTHER_SIZE * before.size
    return same_size and line.box.top - before.box.bottom <= APART * line.size


def _joined(text: str, line: str) -> str:
    if not text:
        return line
    if _HYPHEN.search(text) and line[:1].islower():
        return text[:-1] + line
    return f"{text} {line}"
