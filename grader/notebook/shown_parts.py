"""The parts of a notebook that its page shows: a browser draws them in 3 s and 500 MB.

A part that is too large for that is shown as text, and text beyond the limit is left out. Pictures
are limited by the sanitiser, which embeds them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.notebook.notebook import Cell, Notebook, Output

ELEMENTS_AT_MOST = 40_000  # a cell that a table's cell spans counts as one
CHARACTERS_AT_MOST = 1_000_000
# The same of one cell's source, or of one output.
PART_ELEMENTS_AT_MOST = 10_000
PART_CHARACTERS_AT_MOST = 100_000
DEPTH_AT_MOST = 64
TABLES_AT_MOST = 4  # in each other: each level is laid out twice

# A tag as the sanitiser writes it: `<` occurs nowhere else.
_TAG = re.compile(r'<(/?)([a-z0-9]+)((?:\s+[a-z]+="[^"]*")*)\s*/?>')
_SPAN = re.compile(r'\s(?:col|row)span="(\d+)"')
_UNCLOSED = frozenset({"br", "col", "hr", "img"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Extent:
    """The number of elements and of characters outside tags, and how deep they are nested."""

    elements: int
    characters: int
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
        kept = text[: min(PART_CHARACTERS_AT_MOST, self._characters)]
        self._characters -= len(kept)
        return None, kept, len(text) - len(kept)

    def _fits(self, extent: _Extent) -> bool:
        return (
            extent.elements <= min(PART_ELEMENTS_AT_MOST, self._elements)
            and extent.characters <= min(PART_CHARACTERS_AT_MOST, self._characters)
            and extent.depth <= DEPTH_AT_MOST
            and extent.tables <= TABLES_AT_MOST
        )


def _extent(html: str) -> _Extent:
    elements = depth = deepest = tables = most_tables = in_tags = 0
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
            elements += _spanned(tag[3])
    return _Extent(
        elements=elements,
        characters=len(html) - in_tags,
        depth=deepest,
        tables=most_tables,
    )


def _spanned(attributes: str) -> int:
    """Return the number of a table's places that an element with these attributes takes."""
    places = 1
    for span in _SPAN.finditer(attributes):
        places *= int(span[1])
    return places
