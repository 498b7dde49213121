"""Makes pages of words at given places, as the child that reads a PDF would send them."""

from collections.abc import Iterable, Mapping, Sequence

from grader.writeup.document import Box, Document, Page, Word

SIZE = 10.0
LETTER = 5.0  # points: the width of every letter
PITCH = 16.0  # points between the lines of rows


def words(text: str, x: float, top: float) -> Iterable[Word]:
    """Yield the words of a text that begins at `x`, with a narrow space between them."""
    for each in text.split():
        width = LETTER * len(each)
        box = Box(x0=x, top=top, x1=x + width, bottom=top + SIZE)
        yield Word(text=each, box=box, size=SIZE)
        x += width + 0.25 * SIZE


def page(
    lines: Mapping[float, Sequence[tuple[float, str]]],
    *,
    number: int = 1,
    rules: Iterable[Box] = (),
) -> Page:
    """Return a page of texts: for the top of each line, the x and the text of each of its cells."""
    made = tuple(
        word for top, cells in lines.items() for x, text in cells for word in words(text, x, top)
    )
    return Page(
        number=number,
        width=600,
        height=800,
        rotation=0,
        characters=sum(len(each.text) for each in made),
        hidden=0,
        unmapped=0,
        words=made,
        rules=tuple(rules),
        pictures=(),
        unread=None,
    )


def document(*pages: Page) -> Document:
    """Return a document of these pages."""
    return Document(
        producer="a test", creator="", ends_well=True, pages_in_file=len(pages), pages=pages
    )


def rows(
    table: Sequence[Sequence[str]], xs: Sequence[float], *, top: float = 100
) -> dict[float, list[tuple[float, str]]]:
    """Return the lines of a table whose cells begin at `xs`; an empty cell is left out."""
    return {
        top + PITCH * number: [(x, text) for x, text in zip(xs, row, strict=True) if text]
        for number, row in enumerate(table)
    }
