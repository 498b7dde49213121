"""The sentences of a text, and their clauses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_END = re.compile(r"(?<=[.!?;])\s+(?=[^a-z])|\n\s*\n")
_ABBREVIATED = re.compile(r"\b(?:vs|e\.g|i\.e|approx|ca|fig|resp|cf|etc)\.$", re.IGNORECASE)
_BETWEEN = re.compile(
    r"[;:)\[\]]|\((?![^()]{1,18}\))|,(?!\d)|\s[-–—]{1,3}\s"  # noqa: RUF001 - dashes of a word processor
    r"|\b(?:but|while|whereas|and|however|although|though|yet|instead)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A part of a sentence between two marks or conjunctions; `mark` stands before it.

    `start` and `end` are its place in the sentence.
    """

    text: str
    mark: str
    start: int
    end: int


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, with single spaces; a point of an abbreviation ends none."""
    kept = ""
    for each in _END.split(text):
        sentence = f"{kept} {' '.join(each.split())}".strip()
        if _ABBREVIATED.search(sentence):
            kept = sentence
            continue
        kept = ""
        if sentence:
            yield sentence
    if kept:
        yield kept


def clauses(sentence: str) -> Iterator[Clause]:
    """Yield the clauses of a sentence in their order, without empty ones."""
    start, mark = 0, ""
    for found in (*_BETWEEN.finditer(sentence), None):
        end = len(sentence) if found is None else found.start()
        if sentence[start:end].strip():
            yield Clause(text=sentence[start:end], mark=mark, start=start, end=end)
            mark = ""
        if found is not None:
            start, mark = found.end(), f"{mark} {found[0]}".strip().casefold()
