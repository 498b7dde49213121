"""Notebooks whose pages would keep a browser busy, or take its memory."""

import base64
import io
import zlib
from collections.abc import Callable, Mapping

from PIL import Image

from tests.notebook.books import Raw, book, code, markdown, printed, shown
from tests.sandbox.test_picture import chunk

# Each of nine groups shows the one before it ten times.
_GROUPS = [
    f'<g id="a{number}">' + f'<use xlink:href="#a{number - 1}"/>' * 10 + "</g>"
    for number in range(1, 10)
]
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    f'<g id="a0"><rect width="3" height="3"/></g>{"".join(_GROUPS)}</svg>'
)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _png(side: int) -> str:
    """A black square of one bit for a pixel: 30,000 pixels wide it has 0.1 MB."""
    packed = zlib.compressobj(9)
    rows = b"".join(packed.compress(bytes(side // 8 + 1)) for _ in range(side)) + packed.flush()
    head = side.to_bytes(4) * 2 + b"\x01\x00\x00\x00\x00"
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return _base64(b"\x89PNG\r\n\x1a\n" + parts)


def _gif(side: int, frames: int) -> str:
    made = io.BytesIO()
    images = [Image.new("P", (side, side), number % 2) for number in range(frames)]
    images[0].save(made, "GIF", save_all=True, append_images=images[1:], duration=20, loop=0)
    return _base64(made.getvalue())


def _photo() -> str:
    made = io.BytesIO()
    Image.effect_noise((1_500, 1_000), 90).save(made, "JPEG", quality=95)
    return _base64(made.getvalue())


def _outputs(html: str, times: int) -> Raw:
    return book(code("x", *[shown({"text/html": html})] * times))


def _pictures(mime: str, data: str, times: int) -> Raw:
    return book(code("x", *[shown({mime: data})] * times))


# By what is large in the notebook.
BOMBS: Mapping[str, Callable[[], Raw]] = {
    "svg": lambda: _pictures("image/svg+xml", SVG, 5),
    "svg in markdown": lambda: book(
        markdown(f"![x](data:image/svg+xml;base64,{_base64(SVG.encode())})")
    ),
    "png of 900 megapixels": lambda: _pictures("image/png", _png(30_000), 1),
    "png of 64 megapixels": lambda: _pictures("image/png", _png(8_000), 9),
    "hundreds of png": lambda: _pictures("image/png", _png(2_000), 900),
    "animated gif": lambda: _pictures("image/gif", _gif(1_000, 60), 5),
    "megabytes of photos": lambda: _pictures("image/jpeg", _photo(), 30),
    "spans": lambda: _outputs("<table>" + "<tr><td colspan=999 rowspan=999>x" * 4_000, 20),
    "colspan": lambda: _outputs("<table>" + "<tr><td colspan=999>x" * 3_000, 20),
    "long row": lambda: _outputs("<table><tr>" + "<td>x" * 9_900, 20),
    "wide table": lambda: _outputs("<table>" + ("<tr>" + "<td>x" * 499) * 19, 20),
    "many rows": lambda: _outputs("<table>" + "<tr><td>x" * 4_900, 100),
    "col": lambda: _outputs("<table>" + "<col span=1000>" * 9_000 + "<tr><td>x", 20),
    "nested div": lambda: _outputs("<div>" * 18_000, 4),
    "nested tables": lambda: _outputs("<table><tr><td>" * 4 + "x" * 90_000, 20),
    "nested lists": lambda: _outputs("<ul><li>" * 30 + "x", 400),
    "nested quotes": lambda: book(markdown(">" * 190_000)),
    "a million elements": lambda: _outputs("<p>x" * 9_900, 100),
    "a million breaks": lambda: _outputs("<br>" * 9_900, 100),
    "a million items": lambda: _outputs("<ol>" + "<li>x" * 9_900, 100),
    "details": lambda: _outputs("<details><summary>x</summary>y</details>" * 4_900, 20),
    "long words": lambda: book(*[markdown("x" * 190_000)] * 18),
    "long words in html": lambda: _outputs("x" * 250_000, 16),
    "long words in a table": lambda: _outputs("<table><tr><td>" + "x" * 90_000, 16),
    "long lines": lambda: book(code("x", *[printed("x" * 63_000)] * 66)),
    "many lines": lambda: book(code("x", *[printed("x\n" * 31_000)] * 66)),
    "colours": lambda: book(code("x", *[printed("\x1b[31mx\x1b[0m" * 6_900)] * 66)),
    "both directions": lambda: book(code("x", *[printed("\u05d0a" * 31_000)] * 66)),
    "marks": lambda: book(code("x", *[printed("a" + "\u0301" * 62_000)] * 66)),
    "emoji": lambda: book(code("x", *[printed("\U0001f469\u200d\U0001f467" * 20_000)] * 66)),
    "ideographs": lambda: book(
        code("x", *[printed("".join(map(chr, range(0x3400, 0x9FFF))))] * 66)
    ),
    "mathml": lambda: book(
        markdown("$" + "\\frac{a}{" * 9_000 + "}" * 9_000 + "$"),
        code("x", shown({"text/html": "<math>" + "<mrow>" * 9_000})),
    ),
    "formulas": lambda: book(*[markdown("$x^2$ " * 15_000)] * 20),
    "long formulas": lambda: book(
        *[markdown(("$" + "x_i^2+" * 160 + "1$\n\n") * 90)] * 20, code("x")
    ),
    "deep formulas": lambda: book(
        *[markdown(("$" + "\\sqrt{\\frac{1}{" * 11 + "x" + "}}" * 11 + "$\n\n") * 400)] * 20
    ),
    "matrices": lambda: book(
        *[markdown(("$$\\begin{matrix}" + "a&" * 490 + "\\end{matrix}$$\n\n") * 90)] * 20
    ),
    "mathml with depth": lambda: _outputs(
        "<math>" + ("<mfrac><msqrt>" * 30 + "x" + "</msqrt><mi>y</mi></mfrac>" * 30) * 90, 16
    ),
    "mathml tables": lambda: _outputs(
        "<math>" + ("<mtable><mtr><mtd>" * 20 + "x" + "</mtd></mtr></mtable>" * 20) * 160, 16
    ),
    "operators": lambda: book(*[code("+-" * 90_000)] * 2),
    "cells": lambda: book(*[code("x", printed("y"), printed("z"))] * 1_990),
}
