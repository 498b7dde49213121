"""Draws a table in a PDF."""

from collections.abc import Callable, Sequence

from reportlab.pdfgen.canvas import Canvas

WIDTH, PITCH = 80, 18


def drawn_table(
    rows: Sequence[Sequence[str]], *, x: float = 60, y: float = 700
) -> Callable[[Canvas], None]:
    """Return a function that draws the rows, with lines between them."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for number, row in enumerate(rows):
            top = y - PITCH * number
            canvas.line(x, top + 13, x + WIDTH * len(row), top + 13)
            for column, cell in enumerate(row):
                canvas.drawString(x + 3 + WIDTH * column, top, cell)

    return draw
