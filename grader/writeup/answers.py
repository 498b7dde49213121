"""Finds the required answers of a write-up, in the text that is not the lab's own.

A finding gives no points: an answer that was not found may be in a picture, or in other words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from grader.labs.write_up_answer import WriteUpAnswer
from grader.writeup.own_text import Part

QUOTE_AT_MOST = 160  # characters around the finding
SEARCHED_AT_MOST = 20_000  # characters of one part; a paragraph has a few hundred

ROW_FROM = 6  # words: a shorter line can be "Raspberry Pi 4, 8 GB"
NUMBERS = 0.6  # of the words: more are a row of a table


class Where(StrEnum):
    """How far an answer was found."""

    FOUND = "found"
    ONLY_THE_QUESTION = "only the question"
    NOT_FOUND = "not found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A place where an answer may be: the page, and the words around it."""

    page: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAnswer:
    """Where the answer `id` was found. `places` are empty unless it was found.

    `question_page` is the page on which the lab's own text has its words, None if none has.
    """

    id: str
    where: Where
    places: tuple[Finding, ...]
    question_page: int | None


def find_answers(
    answers: Sequence[WriteUpAnswer], parts: Sequence[Part]
) -> tuple[FoundAnswer, ...]:
    """Return for each answer where it stands, with at most one place a page."""
    return tuple(_found(each, parts) for each in answers)


def answer_patterns(answer: WriteUpAnswer) -> tuple[re.Pattern[str], ...]:
    """Return the patterns and words of an answer one by one: each may begin with its own flags."""
    words = (rf"(?<!\w){_spaced(each)}(?!\w)" for each in answer.words)
    return tuple(re.compile(each, re.IGNORECASE) for each in (*answer.patterns, *words))


def _found(answer: WriteUpAnswer, parts: Sequence[Part]) -> FoundAnswer:
    patterns = answer_patterns(answer)
    places: dict[int, Finding] = {}
    question_page: int | None = None
    for part in parts:
        match = _first(patterns, part.text[:SEARCHED_AT_MOST])
        if match is None:
            continue
        if part.own:
            question_page = question_page or part.page
        elif part.page not in places:
            quote = _quote(part.text, match.start(), match.end())
            places[part.page] = Finding(page=part.page, quote=quote)
    where = Where.FOUND if places else Where.NOT_FOUND
    if not places and question_page is not None:
        where = Where.ONLY_THE_QUESTION
    return FoundAnswer(
        id=answer.id, where=where, places=tuple(places.values()), question_page=question_page
    )


def _first(patterns: Sequence[re.Pattern[str]], text: str) -> re.Match[str] | None:
    """Return the first match that is not in a row of numbers, which is one of a table."""
    found = (
        next((each for each in pattern.finditer(text) if not _is_row(text, each)), None)
        for pattern in patterns
    )
    return min((each for each in found if each), key=lambda each: each.start(), default=None)


def _is_row(text: str, match: re.Match[str]) -> bool:
    words = _quote(text, match.start(), match.end()).split()
    numbers = sum(any(each.isdigit() for each in word) for word in words)
    return len(words) >= ROW_FROM and numbers > NUMBERS * len(words)


def _spaced(words: str) -> str:
    """Return a pattern for words with any spaces between them."""
    return r"\s+".join(map(re.escape, words.split()))


def _quote(text: str, start: int, end: int) -> str:
    """Return the finding with what stands around it, cut between words."""
    spare = max(0, QUOTE_AT_MOST - (end - start)) // 2
    low, high = max(0, start - spare), min(len(text), end + spare)
    if low:
        low = text.find(" ", low, start) + 1 or low
    if high < len(text):
        high = max(text.rfind(" ", end, high), end)
    quote = text[low : min(high, low + 2 * QUOTE_AT_MOST)].strip()
    return ("… " if low else "") + quote + (" …" if high < len(text) else "")
