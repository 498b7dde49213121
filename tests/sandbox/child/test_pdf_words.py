import json

import pytest
from reportlab.pdfgen.canvas import Canvas

from grader.sandbox.child.pdf_glyphs import Glyph
from grader.sandbox.child.pdf_words import Frame, words_of
from grader.sandbox.child.read_pdf import answer
from tests.writeup.pdfs import pdf

FRAME = Frame(left=0, bottom=0, width=600, height=800, rotation=0)


def glyphs(text: str, x: float = 10, y: float = 700) -> list[Glyph]:
    """Letters of 10 points, each 5 points wide."""
    return [
        Glyph(each, (x + 5 * n, y, x + 5 * n + 5, y + 10), 0)
        for n, each in enumerate(text)
        if each != " "
    ]


def test_letters_that_stand_close_are_a_word() -> None:
    """A gap of half a letter begins another one; a letter beside the page is left out."""
    found = list(words_of(FRAME, [*glyphs("two words"), *glyphs("off", y=-50)], 0))
    assert [each[0] for each in found] == ["two", "words"]
    assert found[0][1:] == [10, 90, 25, 100, 10, 0]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_words_are_read_in_their_own_direction(turn: int) -> None:
    """Their places are on the page as it is shown."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.translate(300, 400)
        canvas.rotate(turn)
        canvas.drawString(0, 0, "first second")

    (page,) = json.loads(answer(pdf(draw)))["pages"]
    assert [(each[0], each[6]) for each in page["words"]] == [("first", turn), ("second", turn)]
    (_, x0, top, x1, bottom, *_), (_, x2, top2, *_) = page["words"]
    assert (x1 - x0 > bottom - top) == (turn in {0, 180})
    moved = {0: x2 > x0, 90: top2 < top, 180: x2 < x0, 270: top2 > top}
    assert moved[turn]
    assert abs(x0 - 300) < 30
    assert abs(top - (792 - 400)) < 30


def test_places_are_those_of_the_cropped_and_turned_page() -> None:
    """As a reader sees it."""

    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.setFont("Helvetica", 10)
        canvas.drawString(100, 300, "word")

    # reportlab turns the sheet, not the text
    (page,) = json.loads(answer(pdf(draw, cropBox=(50, 0, 792, 612))))["pages"]
    assert (page["width"], page["height"], page["rotation"]) == (612, 742, 90)
    ((text, x0, top, x1, bottom, _size, turn),) = page["words"]
    assert (text, turn) == ("word", 270)
    assert 290 < x0 < x1 < 315
    assert 48 < top < bottom < 80
