"""Writes small PDFs with reportlab."""

import io
from collections.abc import Callable

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas


def pdf(*pages: Callable[[Canvas], None], **settings: object) -> bytes:
    """Return a PDF; each function draws one page."""
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=letter, **settings)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def text(*lines: str, x: float = 72, y: float = 720) -> Callable[[Canvas], None]:
    """Return a function that draws these lines of text."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for number, line in enumerate(lines):
            canvas.drawString(x, y - 14 * number, line)

    return draw
