"""Finds the lab's own text in a write-up: students copy the questions, and those are no answers.

A copy may differ in spaces, quotation marks, ligatures, numbering and single words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from grader.writeup.text import Paragraph

RUN = 6  # words: a shorter run of the lab's words may be a student's own sentence
GAP = 2  # words between two runs that a student changed
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")  # noqa: RUF001 - an apostrophe of a word processor
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)|https?://\S+")
_CODE_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a paragraph: `own` is True if it is the lab's text."""

    text: str
    page: int
    own: bool


class OwnText:
    """The text of the lab, given as Markdown."""

    def __init__(self, markdown: str) -> None:
        plain = _LINK.sub(lambda link: link[1] or " ", _CODE_FENCE.sub(" ", markdown))
        self._words = _words(plain)
        self._lines = frozenset(_unnumbered(_words(line)) for line in plain.splitlines())

    @cached_property
    def _runs(self) -> frozenset[tuple[str, ...]]:
        return frozenset(
            tuple(self._words[at : at + RUN]) for at in range(len(self._words) - RUN + 1)
        )

    def parts(self, paragraphs: Sequence[Paragraph]) -> tuple[Part, ...]:
        """Return the paragraphs, cut where the lab's own text begins and ends."""
        return tuple(part for each in paragraphs for part in self._parts(each))

    def _parts(self, paragraph: Paragraph) -> Iterator[Part]:
        found = list(_WORD.finditer(paragraph.text))
        words = [_same(each[0]) for each in found]
        own = [True] * len(words) if _unnumbered(words) in self._lines else self._marked(words)
        start = at = 0
        while at < len(found):
            last = at
            while last + 1 < len(found) and own[last + 1] == own[at]:
                last += 1
            end = found[last + 1].start() if last + 1 < len(found) else len(paragraph.text)
            yield Part(text=paragraph.text[start:end].strip(), page=paragraph.page, own=own[at])
            start, at = end, last + 1

    def _marked(self, words: Sequence[str]) -> list[bool]:
        """Return for each word whether it is in a run of the lab's words, with few changes."""
        own = [False] * len(words)
        for at in range(len(words) - RUN + 1):
            if tuple(words[at : at + RUN]) in self._runs:
                own[at : at + RUN] = [True] * RUN
        marked = [at for at, each in enumerate(own) if each]
        for before, after in pairwise(marked):
            if 1 < after - before <= GAP + 1:
                own[before:after] = [True] * (after - before)
        return own


def _words(text: str) -> list[str]:
    return [_same(each) for each in _WORD.findall(text)]


def _unnumbered(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a line without a number at its start."""
    return tuple(words[1:] if words and words[0].isdecimal() else words)


def _same(word: str) -> str:
    """Return a word without regard to case and to the form of its apostrophe."""
    return word.casefold().replace("’", "'")  # noqa: RUF001 - the same apostrophe
