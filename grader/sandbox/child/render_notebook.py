"""Renders a notebook's cells and outputs as fragments of HTML, with nbconvert's own filters.

Runs inside the sandbox child. A fragment is as untrusted as the notebook: the parent sanitises it
again. Images are sent apart from the markup, which has `image:0`, `image:1`, … instead of their
data.
"""

import base64
import binascii
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from nbconvert.filters.ansi import ansi2html
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath

from grader.sandbox.child.processor_timer import at_most
from grader.sandbox.child.still_picture import RASTER, still
from grader.sandbox.mathematics import formula

IMAGE_AT_MOST = 8 << 20  # bytes of one
IMAGES_AT_MOST = 24 << 20  # bytes of all
IMAGES_COUNTED = 1_000  # images at most
NO_IMAGE = "image:none"
SECONDS_FOR_ONE = 5.0  # processor time; the slowest fragment of a normal notebook takes 0.1 s
SECONDS_FOR_ALL = 30.0
SECONDS_FOR_PICTURES = 20.0  # to decode and encode those that are not plain

_SVG = "image/svg+xml"
_DATA_URI = re.compile(r"data:(image/[a-z0-9.+-]{1,20});base64,([A-Za-z0-9+/=]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image's bytes, and the mime type that the notebook gives."""

    mime: str
    data: bytes


class _TooSlow(Exception):
    """A fragment takes longer than any fragment of a normal notebook."""


# The exceptions that the filters raise for text that they cannot render.
_UNRENDERABLE = (
    ArithmeticError,
    AttributeError,
    InvalidNotebook,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    _TooSlow,
)


class Fragments:
    """Makes fragments and collects their images; a fragment is None if only text can be shown."""

    def __init__(self) -> None:
        self.images: list[Image] = []
        self._bytes_left = IMAGES_AT_MOST
        self._seconds_left = SECONDS_FOR_ALL
        self._picture_seconds_left = SECONDS_FOR_PICTURES
        self._highlight = Highlight2HTML(pygments_lexer="python")

    def without_images(self, text: str) -> str:
        """Return the text with each `data:` image replaced by its number."""
        return _DATA_URI.sub(lambda uri: self._numbered(uri[1].lower(), uri[2]), text)

    def of_cell(self, kind: str, source: str, attachments: Mapping[str, Any]) -> str | None:
        """Return a code cell highlighted, a Markdown cell as HTML, and None for a raw cell."""
        if kind == "markdown":
            return self._timed(lambda: self._markdown(source, attachments))
        if kind == "code":
            return self._timed(lambda: str(self._highlight(source)))
        return None

    def of_output(self, data: Mapping[str, Any]) -> str | None:
        """Return the richest form of an output that can be shown without running anything."""
        left_out = ""
        for mime in (*RASTER, _SVG):
            if isinstance(data.get(mime), str):
                number = self._numbered(mime, data[mime])
                if number != NO_IMAGE:
                    return f'<img src="{number}" alt="">'
                left_out = f"<p>[This {mime} is left out.]</p>"
        shown = self._of_text(data)
        return shown if shown is None and not left_out else left_out + (shown or "")

    def _of_text(self, data: Mapping[str, Any]) -> str | None:
        html, markdown, text = (data.get(f"text/{kind}") for kind in ("html", "markdown", "plain"))
        if isinstance(html, str):
            return self.without_images(html)
        if isinstance(markdown, str):
            return self._timed(lambda: self._markdown(self.without_images(markdown), {}))
        if isinstance(text, str) and text:
            return self._timed(lambda: f"<pre>{ansi2html(text)}</pre>")
        return None

    def _markdown(self, source: str, attachments: Mapping[str, Any]) -> str:
        renderer = _Renderer(escape=False, attachments=dict(attachments), exclude_anchor_links=True)
        return self.without_images(str(MarkdownWithMath(renderer=renderer).render(source)))

    def _numbered(self, mime: str, data: str) -> str:
        full = len(self.images) >= IMAGES_COUNTED or self._picture_seconds_left <= 0
        if full or len(data) > 2 * IMAGE_AT_MOST:
            return NO_IMAGE
        started = time.process_time()
        try:
            drawn = still(mime, base64.b64decode(data))
        except (binascii.Error, ValueError):  # ValueError: characters beyond ASCII
            return NO_IMAGE
        finally:
            self._picture_seconds_left -= time.process_time() - started
        if drawn is None or not 0 < len(drawn[1]) <= min(IMAGE_AT_MOST, self._bytes_left):
            return NO_IMAGE
        self._bytes_left -= len(drawn[1])
        self.images.append(Image(mime=drawn[0], data=drawn[1]))
        return f"image:{len(self.images) - 1}"

    def _timed(self, render: Callable[[], str]) -> str | None:
        if self._seconds_left <= 0:
            return None
        started = time.process_time()
        try:
            with at_most(min(SECONDS_FOR_ONE, self._seconds_left), _TooSlow):
                return render()
        except _UNRENDERABLE:
            return None
        finally:
            self._seconds_left -= time.process_time() - started


class _Renderer(IPythonRenderer):  # type: ignore[misc]  # nbconvert ships no types
    """nbconvert's renderer, except that a missing attachment loses only itself.

    Formulas become MathML: nbconvert leaves them to a script of the page.
    """

    def block_math(self, body: str) -> str:
        """Return the MathML of a formula between two dollars, or the formula as text."""
        return formula(body.strip(), display=True) or str(super().block_math(body))

    def inline_math(self, body: str) -> str:
        """Return the same for a formula in a line; `$5 and $6` is none."""
        shown = formula(body, display=False) if body == body.strip() else None
        return shown or str(super().inline_math(body))

    def latex_environment(self, name: str, body: str) -> str:
        """Return the same for an environment, as `align`."""
        whole = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return formula(whole, display=True) or str(super().latex_environment(name, body))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Return an image's HTML; an attachment's name is never used as a path."""
        try:
            return str(super().image(text, url, title))
        except (InvalidNotebook, StopIteration):  # it is missing, or has no usable type
            return f"[{escape(text)}: this attachment is missing]"
