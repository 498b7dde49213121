"""Child: draws one page of a PDF and sends it as a PNG.

`draw_pdf PDF SETTINGS`. SETTINGS is JSON: `{"page": 1, "pixels": 1500000, "cover": null}`. These
are the number of the page, how many pixels it may have, and a box that is painted over, if any:
left, top, right and bottom as fractions of the page. The message is the PNG; it is empty if the
page cannot be drawn. No script of the file is run, forms are not filled in, nothing is fetched.
"""

import io
import json
import math
import sys
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw

from grader.sandbox.child.message import message_pipe

SCALE_AT_MOST = 3.0  # pixels for each point: 216 dots per inch
SIDE_AT_MOST = 10_000  # pixels
COVER = (64, 64, 64)  # RGB


def main() -> None:
    """Send the message for argv[1]."""
    settings = json.loads(sys.argv[2])
    with message_pipe() as pipe:
        data = Path(sys.argv[1]).read_bytes()
        pipe.write(drawn(data, settings["page"], settings["pixels"], settings["cover"]))


def drawn(data: bytes, page: int, pixels: int, cover: list[float] | None = None) -> bytes:
    """Return the PNG of a page, numbered from 1, with at most `pixels` pixels; b"" if it fails.

    The PNG has no pixel of what is below `cover`.
    """
    try:
        document = pypdfium2.PdfDocument(data)
        if not 1 <= page <= len(document):
            return b""
        loaded = document[page - 1]
        width, height = loaded.get_size()
        scale = _scale(width, height, pixels)
        if scale <= 0:
            return b""
        picture = loaded.render(scale=scale, may_draw_forms=False).to_pil()
    except (pypdfium2.PdfiumError, MemoryError, ValueError, ArithmeticError):
        return b""
    made = io.BytesIO()
    _covered(picture.convert("RGB"), cover).save(made, "PNG")
    return made.getvalue()


def _covered(picture: Image.Image, cover: list[float] | None) -> Image.Image:
    if cover is not None:
        left, top, right, bottom = cover
        low = (math.floor(left * picture.width), math.floor(top * picture.height))
        high = (math.ceil(right * picture.width), math.ceil(bottom * picture.height))
        ImageDraw.Draw(picture).rectangle((low, high), fill=COVER)
    return picture


def _scale(width: float, height: float, pixels: int) -> float:
    """Return the pixels for each point; 0 for a page that is too thin to be drawn."""
    if not (width > 0 and height > 0):
        return 0.0
    by_area = (pixels / (width * height)) ** 0.5
    scale = min(SCALE_AT_MOST, by_area, SIDE_AT_MOST / max(width, height))
    return scale if min(width, height) * scale >= 1 else 0.0


if __name__ == "__main__":
    main()
