"""Find answers in notebooks with nearly the same text."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from grader.evidence import ids
from grader.evidence.question import AnswerEvidence
from grader.similarity.groups import Pair, Students, common, listed, pairs_of, split
from grader.similarity.wording import Template, template_of
from grader.types import Report

ALIKE = 90.0  # of 100, by rapidfuzz's ratio (indel distance over both lengths)
EQUAL = 99.5  # of 100: equal but for a letter in two hundred
SHORTEST = 60  # letters: shorter answers to the same question are often equal by chance
WIDE = 2.5  # letters that one Chinese, Japanese or Korean character counts for
PASSAGE = 40  # letters: so many in sequence that many students have are a text common to them


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Two answers to one question; `ratio` is 100 for equal texts, `length` in characters.

    Text of the template, and text that many of the class have, is in neither.
    """

    question: str
    ratio: float
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedAnswers:
    """The shared answers of each pair, and the questions that each group answered alike."""

    pairs: Mapping[Pair, tuple[Answer, ...]]
    groups: Mapping[Students, tuple[str, ...]]


def shared_answers(reports: Sequence[Report], template: Template | None = None) -> SharedAnswers:
    """Find the students with nearly equal answers, by question.

    A passage that many of the class have makes a group and no pair: pairs are alike in the rest.
    """
    found: defaultdict[Pair, list[Answer]] = defaultdict(list)
    groups: defaultdict[Students, list[str]] = defaultdict(list)
    most = common(len(reports))
    for question, texts in _by_question(reports, template or template_of(None)).items():
        students = list(texts)
        whole_texts = list(texts.values())
        rest = _without_common(whole_texts, most)
        alike = _ratios(whole_texts)
        ratios = alike if rest == whole_texts else _ratios(rest)
        _, whole = split(alike >= ALIKE, most)
        rare, partly = listed(ratios >= ALIKE, ratios >= EQUAL, most)
        for crowd in dict.fromkeys(tuple(map(int, each)) for each in (*whole, *partly)):
            groups[tuple(students[member] for member in crowd)].append(question)
        for first, second in pairs_of(rare):
            found[students[first], students[second]].append(
                Answer(
                    question=question,
                    ratio=float(ratios[first, second]),
                    length=len(rest[first]),
                )
            )
    return SharedAnswers(
        pairs={pair: tuple(several) for pair, several in found.items()},
        groups={students: tuple(several) for students, several in groups.items()},
    )


def _ratios(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return float32 (n, n): the ratio of any two texts, 0 below `ALIKE` or if one is short."""
    long = np.array([_letters(each) >= SHORTEST for each in texts], np.bool_)
    ratios = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return np.where(long[:, None] & long[None], ratios, np.float32(0))


def _without_common(texts: Sequence[str], most: int) -> list[str]:
    """Return the texts without the passages that more than `most` others have, too."""
    found = [list(_passages(each)) for each in texts]
    often = Counter(part for passages in found for part in {part for _, _, part in passages})
    rest = []
    for text, passages in zip(texts, found, strict=True):
        kept = list(text)
        for start, end, part in passages:
            if often[part] > most + 1:
                kept[start:end] = " " * (end - start)
        rest.append(" ".join("".join(kept).split()) if passages else text)
    return rest


def _passages(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and letters of each passage of `PASSAGE` letters, one from each place.

    Spaces and punctuation do not count.
    """
    places = [at for at, char in enumerate(text) if char.isalnum()]
    letters = "".join(text[at] for at in places)
    lengths = np.array([_letter(each) for each in letters], np.float64)
    ends = np.cumsum(lengths)
    for start, last in enumerate(np.searchsorted(ends, ends - lengths + PASSAGE)):
        if last < len(letters):
            yield places[start], places[last] + 1, letters[start : last + 1]


def _by_question(reports: Sequence[Report], template: Template) -> dict[str, dict[str, str]]:
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for report in reports:
        for question, answer in _answers(report, template):
            found[question][report.submission.id] = answer
    return found


def _answers(report: Report, template: Template) -> Iterator[tuple[str, str]]:
    for each in report.measurements:
        if not each.id.startswith(ids.QUESTION):
            continue
        seen = AnswerEvidence.read(each)
        if seen.state == "answered":
            text = template.without(seen.answer or "")
            if _letters(text) >= SHORTEST:
                yield each.id.removeprefix(ids.QUESTION), text


def _letters(text: str) -> float:
    """Return the length in letters; a wide character counts for `WIDE` letters."""
    return sum(map(_letter, text))


@cache
def _letter(char: str) -> float:
    return WIDE if unicodedata.east_asian_width(char) == "W" else 1.0
