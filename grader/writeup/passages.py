"""The places of a quote on its page, for the drawing of the page."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate, groupby

from grader.labs.write_up_table import letters
from grader.writeup.document import Box, Page, Word, around
from grader.writeup.lines import sides

Fractions = tuple[float, float, float, float]
"""Left, top, right and bottom of a box, as fractions of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """The words of a page in the order of reading, each with its line, and their letters.

    `ends` are the numbers of letters up to the end of each word.
    """

    page: Page
    words: tuple[tuple[int, Word], ...]
    letters: str
    ends: tuple[int, ...]

    def boxes(self, quote: str) -> tuple[Fractions, ...]:
        """Return a box for each line of the first place with these words; empty if there is none.

        Spaces, hyphens and case do not count.
        """
        wanted = letters(quote)
        start = self.letters.find(wanted) if wanted else -1
        if start < 0:
            return ()
        first = bisect_right(self.ends, start)
        last = bisect_left(self.ends, start + len(wanted))
        lines = groupby(self.words[first : last + 1], key=lambda each: each[0])
        return tuple(
            fractions(around([word.box for _, word in words]), self.page) for _, words in lines
        )


def page_text(page: Page) -> PageText:
    """Return the words of a page in the order of reading."""
    lines = [line for side in sides(page) for line in side.lines]
    words = tuple((number, word) for number, line in enumerate(lines) for word in line.words)
    bare = [letters(word.text) for _, word in words]
    return PageText(
        page=page,
        words=words,
        letters="".join(bare),
        ends=tuple(accumulate(map(len, bare))),
    )


def fractions(box: Box, page: Page) -> Fractions:
    """Return a box as fractions of its page, each from 0 to 1."""
    width, height = max(page.width, 1.0), max(page.height, 1.0)
    places = (box.x0 / width, box.top / height, box.x1 / width, box.bottom / height)
    left, top, right, bottom = (round(min(max(each, 0.0), 1.0), 4) for each in places)
    return left, top, right, bottom
