"""The parts of a notebook that its page shows: a browser draws them in 3 s and 500 MB.

A part that is too large for that is shown as text, and text beyond the limit is left out. Pictures
are limited by the sanitiser, which embeds them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from grader.notebook.notebook import Cell, Notebook, Output

ELEMENTS_AT_MOST = 40_000  # a cell that a table's cell spans counts as one
CHARACTERS_AT_MOST = 1_000_000
# The same of one cell's source, or of one output.
PART_ELEMENTS_AT_MOST = 10_000
PART_CHARACTERS_AT_MOST = 100_000
PART_LINES_AT_MOST = 5_000
ROW_AT_MOST = 500  # places in one row of a table: its columns share its width
COMPLEX_AT_MOST = 1_000  # characters of one part: each may be a run of its own in the layout
DEPTH_AT_MOST = 64
TABLES_AT_MOST = 4  # in each other: each level is laid out twice

# A tag as the sanitiser writes it: `<` occurs nowhere else.
_TAG = re.compile(r'<(/?)([a-z0-9]+)((?:\s+[a-z]+="[^"]*")*)\s*/?>')
_SPAN = re.compile(r'\s(?:col|row)span="(\d+)"')
# The others: letters without joining or marks, signs, and the scripts of East Asia.
_COMPLEX = re.compile(
    "[^\t\n\r -~\xa0-\u02ff\u0370-\u058f\u1e00-\u1fff\u2010-\u27ff\u2e80-\ua4cf\uac00-\ud7ff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]"
)
_LINE_END = re.compile(r"\n")
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HEAVY = {"details": 10, "li": 2, "summary": 2}  # what a browser adds to an element itself
_PLACES = frozenset({"td", "th"})
_UNCLOSED = frozenset({"br", "col", "hr", "img"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Extent:
    """The size of a fragment: its elements, its characters outside tags, its longest table row.

    `complex` are the characters that take a browser long, `depth` and `tables` say how many
    elements, and how many tables, stand in each other.
    """

    elements: int
    characters: int
    lines: int
    complex: int
    row: int
    depth: int
    tables: int


def shown_parts(notebook: Notebook) -> Notebook:
    """Return the notebook with as much of its HTML and text as a page shows."""
    return replace(notebook, cells=tuple(_Room().cells(notebook)))


class _Room:
    """What is left of the page's limits."""

    def __init__(self) -> None:
        self._elements = ELEMENTS_AT_MOST
        self._characters = CHARACTERS_AT_MOST

    def cells(self, notebook: Notebook) -> Iterator[Cell]:
        for cell in notebook.cells:
            html, source, cut = self._part(cell.html, cell.source)
            yield replace(
                cell,
                html=html,
                source=source,
                left_out=cell.left_out + cut,
                outputs=tuple(map(self._output, cell.outputs)),
            )

    def _output(self, output: Output) -> Output:
        html, text, cut = self._part(output.html, output.text)
        return replace(output, html=html, text=text, left_out=output.left_out + cut)

    def _part(self, html: str | None, text: str) -> tuple[str | None, str, int]:
        """Return the HTML, or None if it does not fit; the text; and the characters cut from it."""
        if html is not None and html.strip():
            extent = _extent(html)
            if self._fits(extent):
                self._elements -= extent.elements
                self._characters -= extent.characters
                return html, text, 0
        plain = _COLOURS.sub("", text)
        kept = plain[: min(PART_CHARACTERS_AT_MOST, self._characters)]
        kept = kept[: _nth(_COMPLEX, kept, COMPLEX_AT_MOST)]
        kept = kept[: _nth(_LINE_END, kept, PART_LINES_AT_MOST)]
        self._characters -= len(kept)
        return None, kept, len(plain) - len(kept)

    def _fits(self, extent: _Extent) -> bool:
        return (
            extent.elements <= min(PART_ELEMENTS_AT_MOST, self._elements)
            and extent.characters <= min(PART_CHARACTERS_AT_MOST, self._characters)
            and extent.lines <= PART_LINES_AT_MOST
            and extent.complex <= COMPLEX_AT_MOST
            and extent.row <= ROW_AT_MOST
            and extent.depth <= DEPTH_AT_MOST
            and extent.tables <= TABLES_AT_MOST
        )


def _extent(html: str) -> _Extent:
    elements = depth = deepest = tables = most_tables = in_tags = row = longest_row = 0
    for tag in _TAG.finditer(html):
        in_tags += len(tag[0])
        if tag[2] in _UNCLOSED:
            elements += 1
            continue
        step = -1 if tag[1] else 1
        depth += step
        deepest = max(deepest, depth)
        if tag[2] == "table":
            tables += step
            most_tables = max(most_tables, tables)
        if step > 0:
            places = _spanned(tag[3])
            elements += places * _HEAVY.get(tag[2], 1)
            # Rows of a table in a table are not told apart: they only add to each other.
            row = 0 if tag[2] == "tr" and tables == 1 else row + places * (tag[2] in _PLACES)
            longest_row = max(longest_row, row)
    return _Extent(
        elements=elements,
        characters=len(html) - in_tags,
        lines=html.count("\n"),
        complex=_complex(html),
        row=longest_row,
        depth=deepest,
        tables=most_tables,
    )


def _complex(text: str) -> int:
    return 0 if text.isascii() and text.isprintable() else len(_COMPLEX.findall(text))


def _nth(kind: re.Pattern[str], text: str, number: int) -> int | None:
    """Return where the character of this kind after `number` others stands, None if none does."""
    found = next(islice(kind.finditer(text), number, None), None)
    return None if found is None else found.start()


def _spanned(attributes: str) -> int:
    """Return the number of a table's places that an element with these attributes takes."""
    places = 1
    for span in _SPAN.finditer(attributes):
        places *= int(span[1])
    return places
