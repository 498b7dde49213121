"""Collects what a page of a PDF draws: visible characters, lines, rectangles, pictures.

Runs inside the sandbox child. Nothing is drawn, and no link, script, form or attachment is read.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pdfminer.converter import PDFLayoutAnalyzer
from pdfminer.pdffont import PDFFont, PDFSimpleFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.utils import Matrix, PathSegment, apply_matrix_pt

CHARACTERS_AT_MOST = 50_000  # of one page; a page of text has 4,000
SHAPES_AT_MOST = 20_000  # of one page, lines and rectangles; more are a drawing
PICTURES_AT_MOST = 1_000  # of one page
FARTHEST = 20_000.0  # points from the corner of a page; PDF's own limit is 14,400
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_ASCENT, _DESCENT = 0.75, 0.25  # of a font's size: one height for all fonts on a line
_INVISIBLE = 3  # the rendering mode of the text that a scanner adds below its picture
# T1 fonts of LaTeX have dashes and ligatures at these codes, and some files do not say so.
_T1 = {21: "–", 22: "—", 27: "ff", 28: "fi", 29: "fl", 30: "ffi", 31: "ffl"}  # noqa: RUF001
# Signs of the font Symbol, which old word processors write in the private use area.
_SYMBOLS = {0xF025: "%", 0xF02B: "+", 0xF02D: "-", 0xF0B1: "±", 0xF06D: "µ"}
# Of these NFKC would make ordinary digits: "0.97²" must not become "0.972".
_KEPT = ("<super>", "<sub>", "<fraction>")

Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in points; y grows upwards


class TooMany(Exception):
    """The page has more characters than a page of text."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character, its box in the direction of reading, and by how many degrees it is turned.

    `turn` is 0, 90, 180 or 270, counter-clockwise; None for text at another angle.
    """

    text: str
    box: Box
    turn: int | None


class Collector(PDFLayoutAnalyzer):  # type: ignore[misc]  # pdfminer's types are not followed
    """The device of pdfminer that keeps a page's parts, within limits.

    The boxes of `shapes` and `pictures` are in points, from the page's lower left corner.
    """

    def __init__(self, resources: PDFResourceManager) -> None:
        super().__init__(resources)
        self.glyphs: list[Glyph] = []
        self.shapes: list[Box] = []
        self.pictures: list[Box] = []
        self.hidden = 0
        self.unmapped = 0
        self._visible = True
        self._seen = 0  # also those far from the page

    def render_string(self, textstate: Any, *arguments: Any) -> None:
        """Note whether the string is drawn, then go through its characters."""
        self._visible = textstate.render != _INVISIBLE
        super().render_string(textstate, *arguments)

    def render_char(  # noqa: PLR0913, PLR0917 - pdfminer's signature
        self,
        matrix: Matrix,
        font: PDFFont,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        *_colours: Any,
    ) -> float:
        """Keep one character; return its width, by which the next one is moved."""
        self._seen += 1
        if self._seen > CHARACTERS_AT_MOST:
            raise TooMany
        advance = float(font.char_width(cid)) * fontsize * scaling
        if not self._visible:
            self.hidden += 1
            return advance
        text = self._text(font, cid)
        box = (0.0, rise - _DESCENT * fontsize, advance, rise + _ASCENT * fontsize)
        found = _box(apply_matrix_pt(matrix, point) for point in (box[:2], box[2:]))
        if text and found is not None:
            self.glyphs.append(Glyph(text, found, _turn(matrix)))
        return advance

    def _text(self, font: PDFFont, cid: int) -> str:
        try:
            text = clean(font.to_unichr(cid), symbols="symbol" in str(font.fontname).lower())
        except PDFUnicodeNotDefined:
            text = (isinstance(font, PDFSimpleFont) and _T1.get(cid)) or REPLACEMENT
        self.unmapped += text.count(REPLACEMENT)
        return text

    def render_image(self, _name: str, _stream: Any) -> None:
        """Keep the box of a picture; its bytes are not decoded."""
        box = _box([self.cur_item.bbox[:2], self.cur_item.bbox[2:]])
        if box is not None and len(self.pictures) < PICTURES_AT_MOST:
            self.pictures.append(box)

    def paint_path(
        self, _state: Any, stroke: bool, fill: bool, _evenodd: bool, path: Sequence[PathSegment]
    ) -> None:
        """Keep the boxes of a path's straight parts: lines and rectangles."""
        if not (stroke or fill):
            return
        for points in _straight(path):
            if len(self.shapes) >= SHAPES_AT_MOST:
                return
            box = _box(apply_matrix_pt(self.ctm, point) for point in points)
            if box is not None:
                self.shapes.append(box)


def clean(text: str, *, symbols: bool = False) -> str:
    """Return the text in NFKC, without invisible characters; superscripts stay what they are.

    A character without a meaning outside of its font becomes U+FFFD. `symbols` says that the font
    is Symbol.
    """
    return "".join(_cleaned(each, symbols=symbols) for each in text)


def _cleaned(character: str, *, symbols: bool) -> str:
    if symbols and ord(character) in _SYMBOLS:
        return _SYMBOLS[ord(character)]
    kind = unicodedata.category(character)
    if kind == "Cf" or character.isspace():
        return " " if character.isspace() else ""
    if kind[0] == "C":
        return REPLACEMENT
    if unicodedata.decomposition(character).startswith(_KEPT):
        return character
    return unicodedata.normalize("NFKC", character)


def _turn(matrix: Matrix) -> int | None:
    a, b = matrix[0], matrix[1]
    degrees = math.degrees(math.atan2(b, a)) % 360
    nearest = round(degrees / 90) * 90
    return int(nearest) % 360 if abs(degrees - nearest) < 5 else None


def _box(points: Any) -> Box | None:
    """Return the box around the points, None if it is not on any page."""
    xs, ys = zip(*points, strict=True)
    box = (float(min(xs)), float(min(ys)), float(max(xs)), float(max(ys)))
    return box if all(math.isfinite(each) and abs(each) <= FARTHEST for each in box) else None


def _straight(path: Sequence[PathSegment]) -> Iterator[list[tuple[float, float]]]:
    """Yield the points of each part of a path that is a line or a rectangle."""
    points: list[tuple[float, float]] = []
    straight = True
    for operator, *numbers in [*path, ("m", 0, 0)]:
        if operator == "m":
            if straight and 2 <= len(points) <= 5 and _upright(points):
                yield points
            points, straight = [], True
        straight = straight and operator in "mlh"
        if operator in "ml":
            points.append((float(numbers[0]), float(numbers[1])))


def _upright(points: Sequence[tuple[float, float]]) -> bool:
    """True if every side is horizontal or vertical."""
    return all(min(abs(a[0] - b[0]), abs(a[1] - b[1])) < 0.1 for a, b in pairwise(points))
