"""Finds typos with codespell's list of common misspellings.

A dictionary would flag technical words; the list has none. Only the list is read, a file of the
package: one look-up for each word needs no limit of time beyond that on a write-up's characters.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from grader.writeup.own_text import Part

TYPOS_AT_MOST = 100
_WORD = re.compile(r"(?<![\w.@/\\-])[A-Za-z][a-z]{3,30}(?![\w@/\\])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typo:
    """A misspelt word as written, what it should be, and the first page on which it stands."""

    word: str
    correct: str
    page: int


def typos(parts: Sequence[Part]) -> tuple[Typo, ...]:
    """Return the typos outside of the lab's own text, each word once."""
    known = _misspellings()
    found: dict[str, Typo] = {}
    for part in parts:
        for word in () if part.own else _WORD.findall(part.text):
            correct = known.get(word.lower())
            if correct and word.lower() not in found and len(found) < TYPOS_AT_MOST:
                found[word.lower()] = Typo(word=word, correct=correct, page=part.page)
    return tuple(found.values())


@cache
def _misspellings() -> dict[str, str]:
    """Return codespell's list: the misspelt word, and its correction or corrections."""
    lines = (files("codespell_lib") / "data" / "dictionary.txt").read_text(encoding="utf-8")
    pairs = (line.partition("->") for line in lines.splitlines())
    return {word.lower(): _correct(text) for word, arrow, text in pairs if arrow}


def _correct(text: str) -> str:
    """Return the corrections without the reason that may follow the last comma."""
    corrections, comma, _reason = text.rpartition(",")
    return (corrections if comma else text).strip()
