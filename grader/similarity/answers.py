"""Find answers in notebooks with nearly the same text."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from grader.evidence import ids
from grader.evidence.question import AnswerEvidence
from grader.similarity.groups import Pair, Students, common, pairs_of, split
from grader.types import Report

ALIKE = 90.0  # of 100, by rapidfuzz's ratio (indel distance over both lengths)
SHORTEST = 60  # letters: shorter answers to the same question are often equal by chance
WIDE = 2.5  # letters that one Chinese, Japanese or Korean character counts for


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Two answers to one question; `ratio` is 100 for equal texts, `length` in characters."""

    question: str
    ratio: float
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedAnswers:
    """The shared answers of each pair, and the questions that each group answered alike."""

    pairs: Mapping[Pair, tuple[Answer, ...]]
    groups: Mapping[Students, tuple[str, ...]]


def shared_answers(reports: Sequence[Report]) -> SharedAnswers:
    """Find the students with nearly equal answers, by question."""
    found: defaultdict[Pair, list[Answer]] = defaultdict(list)
    groups: defaultdict[Students, list[str]] = defaultdict(list)
    for question, answers in _by_question(reports).items():
        students, texts = list(answers), list(answers.values())
        ratios = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=ALIKE)
        rare, crowds = split(ratios >= ALIKE, common(len(reports)))
        for crowd in crowds:
            groups[tuple(students[member] for member in crowd)].append(question)
        for first, second in pairs_of(rare):
            found[students[first], students[second]].append(
                Answer(
                    question=question,
                    ratio=float(ratios[first, second]),
                    length=len(texts[first]),
                )
            )
    return SharedAnswers(
        pairs={pair: tuple(several) for pair, several in found.items()},
        groups={students: tuple(several) for students, several in groups.items()},
    )


def plain(answer: str) -> str:
    """Return an answer in NFKC, in lower case and with single spaces, to be compared."""
    return " ".join(unicodedata.normalize("NFKC", answer).casefold().split())


def _by_question(reports: Sequence[Report]) -> dict[str, dict[str, str]]:
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for report in reports:
        for question, answer in _answers(report):
            found[question][report.submission.id] = answer
    return found


def _answers(report: Report) -> Iterator[tuple[str, str]]:
    for each in report.measurements:
        if not each.id.startswith(ids.QUESTION):
            continue
        seen = AnswerEvidence.read(each)
        if seen.state == "answered":
            text = plain(seen.answer or "")
            if _letters(text) >= SHORTEST:
                yield each.id.removeprefix(ids.QUESTION), text


def _letters(text: str) -> float:
    """Return the length in letters; a wide character counts for `WIDE` letters."""
    return sum(WIDE if unicodedata.east_asian_width(each) == "W" else 1.0 for each in text)
