"""Makes words of a page's characters, and gives all places as a reader sees them.

Runs inside the sandbox child. Places are in points from the upper left corner of the page as it is
shown: cropped, and turned by its own rotation.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pdfminer.pdfpage import PDFPage
from pdfminer.utils import apply_matrix_pt
from pdfplumber.utils.text import WordExtractor

from grader.sandbox.child.pdf_glyphs import Box, Collector, Glyph

WORDS_AT_MOST = 20_000  # of one page
LETTERS_AT_MOST = 200  # of one word
SPACE = 0.15  # of the size: a wider gap begins a word; more would glue the words of narrow fonts
LINE = 0.3  # of the size: a larger shift of the baseline begins a word
TURNS = (0, 90, 180, 270)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The part of a page that is shown: its size, and its lower left corner in pdfminer's places.

    In points; `rotation` is the page's own, in degrees.
    """

    left: float
    bottom: float
    width: float
    height: float
    rotation: int

    def shown(self, box: Box) -> Box:
        """Return x0, top, x1, bottom of a box in pdfminer's places."""
        x0, y0, x1, y1 = box
        top = self.bottom + self.height
        return (x0 - self.left, top - y1, x1 - self.left, top - y0)

    def contains(self, box: Box) -> bool:
        """True if the middle of a box, as shown, lies on the page."""
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return 0 <= x <= self.width and 0 <= y <= self.height


def page_record(page: PDFPage, collector: Collector) -> dict[str, Any]:
    """Return the description of a page whose parts are collected; raises on boxes without sense."""
    frame = frame_of(page)
    words = [word for turn in TURNS for word in words_of(frame, collector.glyphs, turn)]
    return {
        "width": round(frame.width, 2),
        "height": round(frame.height, 2),
        "rotation": frame.rotation,
        "characters": len(collector.glyphs),
        "hidden": collector.hidden,
        "unmapped": collector.unmapped,
        "words": words[:WORDS_AT_MOST],
        "rules": list(_rounded(frame, collector.shapes)),
        "pictures": list(_rounded(frame, collector.pictures)),
    }


def frame_of(page: PDFPage) -> Frame:
    """Return the part of the page that is shown. Raises `ValueError` if there is none."""
    x0, y0, x1, y1 = page.mediabox
    turned = {
        90: (0, -1, 1, 0, -y0, x1),
        180: (-1, 0, 0, -1, x1, y1),
        270: (0, 1, -1, 0, y1, -x0),
    }.get(page.rotate, (1, 0, 0, 1, -x0, -y0))
    c0, d0, c1, d1 = page.cropbox
    cropped = (max(x0, c0), max(y0, d0), min(x1, c1), min(y1, d1))
    if cropped[0] >= cropped[2] or cropped[1] >= cropped[3]:
        cropped = (x0, y0, x1, y1)
    (a, b), (c, d) = (apply_matrix_pt(turned, point) for point in (cropped[:2], cropped[2:]))
    width, height = abs(c - a), abs(d - b)
    if not (0 < width <= 20_000 and 0 < height <= 20_000):
        raise ValueError("a page without a size")
    return Frame(
        left=min(a, c), bottom=min(b, d), width=width, height=height, rotation=page.rotate % 360
    )


def words_of(frame: Frame, glyphs: Iterable[Glyph], turn: int) -> Iterator[list[Any]]:
    """Yield the words that are turned by `turn` degrees: text, x0, top, x1, bottom, size, turn."""
    letters = [
        _letter(each.text, _upright(frame, box, turn))
        for each in glyphs
        if each.turn == turn and frame.contains(box := frame.shown(each.box))
    ]
    if not letters:
        return
    extractor = WordExtractor(
        x_tolerance_ratio=SPACE, y_tolerance_ratio=LINE, use_text_flow=False, expand_ligatures=False
    )
    for word, parts in extractor.iter_extract_tuples(letters):
        box = _as_shown(frame, (word["x0"], word["top"], word["x1"], word["bottom"]), turn)
        text = word["text"][:LETTERS_AT_MOST].strip()
        size = max(each["size"] for each in parts)
        if text:
            yield [text, *(round(each, 2) for each in box), round(size, 2), turn]


def _letter(text: str, box: Box) -> dict[str, Any]:
    x0, top, x1, bottom = box
    places = {"x0": x0, "top": top, "x1": x1, "bottom": bottom, "doctop": top}
    return {"text": text, "upright": True, "size": bottom - top, **places}


def _upright(frame: Frame, box: Box, turn: int) -> Box:
    """Return a box of text turned by `turn` degrees on the page turned to make it level."""
    x0, top, x1, bottom = box
    if turn == 90:
        return (frame.height - bottom, x0, frame.height - top, x1)
    if turn == 180:
        return (frame.width - x1, frame.height - bottom, frame.width - x0, frame.height - top)
    if turn == 270:
        return (top, frame.width - x1, bottom, frame.width - x0)
    return box


def _as_shown(frame: Frame, box: Box, turn: int) -> Box:
    """Undo `_upright`."""
    x0, top, x1, bottom = box
    if turn == 90:
        return (top, frame.height - x1, bottom, frame.height - x0)
    if turn == 180:
        return _upright(frame, box, turn)
    if turn == 270:
        return (frame.width - bottom, x0, frame.width - top, x1)
    return box


def _rounded(frame: Frame, boxes: Iterable[Box]) -> Iterator[list[float]]:
    for box in boxes:
        yield [round(each, 2) for each in frame.shown(box)]
