"""Answers in notebooks that are nearly the same text."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from grader.similarity.tensors import Pair, common
from grader.types import Report

ALIKE = 90.0  # of 100, by rapidfuzz's ratio (indel distance over both lengths)
SHORTEST = 60  # characters: shorter answers to the same question are alike by themselves
QUESTION = "question."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Two answers to one question; `ratio` is 100 for the same text, of `length` characters."""

    question: str
    ratio: float
    length: int


def shared_answers(reports: Sequence[Report]) -> dict[Pair, tuple[Answer, ...]]:
    """Every pair with nearly equal answers; what many in the class wrote is left out."""
    found: defaultdict[Pair, list[Answer]] = defaultdict(list)
    for question, answers in _by_question(reports).items():
        students, texts = list(answers), list(answers.values())
        ratios = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=ALIKE)
        rare = (ratios >= ALIKE).sum(axis=1) - 1 <= common(len(reports))
        for first in range(len(texts)):
            for second in range(first + 1, len(texts)):
                if ratios[first, second] >= ALIKE and rare[first] and rare[second]:
                    found[students[first], students[second]].append(
                        Answer(
                            question=question,
                            ratio=float(ratios[first, second]),
                            length=len(texts[first]),
                        )
                    )
    return {pair: tuple(several) for pair, several in found.items()}


def plain(answer: str) -> str:
    """An answer as it is compared: without case, forms of letters, and the length of spaces."""
    return " ".join(unicodedata.normalize("NFKC", answer).casefold().split())


def _by_question(reports: Sequence[Report]) -> dict[str, dict[str, str]]:
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for report in reports:
        for question, answer in _answers(report):
            found[question][report.submission.id] = answer
    return found


def _answers(report: Report) -> Iterator[tuple[str, str]]:
    for each in report.measurements:
        answer = each.evidence.get("answer")
        if each.id.startswith(QUESTION) and each.evidence.get("state") == "answered":
            text = plain(answer) if isinstance(answer, str) else ""
            if len(text) >= SHORTEST:
                yield each.id.removeprefix(QUESTION), text
