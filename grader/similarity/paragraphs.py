"""Find write-ups with the same paragraphs, apart from the lab's own text."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from rapidfuzz import fuzz, process

from grader.evidence import ids
from grader.evidence.write_up import WriteUpEvidence
from grader.similarity.answers import ALIKE, SHORTEST
from grader.similarity.groups import Pair, Students, common, split
from grader.similarity.wording import seen
from grader.types import Report

TABLES = 0.25  # digits per letter: a paragraph with more is a row of a table


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedParagraph:
    """A paragraph that two write-ups have; `first` and `second` are its pages, from 1."""

    first: int
    second: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeParagraphs:
    """The shared paragraphs of each pair, and the number of those that each group shares."""

    pairs: Mapping[Pair, tuple[SharedParagraph, ...]]
    groups: Mapping[Students, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paragraph:
    student: str
    page: int
    words: str


def alike_paragraphs(reports: Sequence[Report]) -> AlikeParagraphs:
    """Find the write-ups with nearly equal paragraphs; what many have makes a group, no pairs."""
    every = [paragraph for each in reports for paragraph in _paragraphs(each)]
    words = [each.words for each in every]
    ratios = process.cdist(words, words, scorer=fuzz.ratio, score_cutoff=ALIKE, workers=-1)
    _, clusters = split(ratios >= ALIKE, 0)
    pairs: defaultdict[Pair, list[SharedParagraph]] = defaultdict(list)
    groups: defaultdict[Students, int] = defaultdict(int)
    for cluster in clusters:
        first_of = {every[int(at)].student: every[int(at)] for at in np.flip(cluster)}
        students = tuple(each for each in _ordered(reports) if each in first_of)
        if len(students) > common(len(reports)) + 1:
            groups[students] += 1
            continue
        for pair in combinations(students, 2):
            one, other = (first_of[each] for each in pair)
            shared = SharedParagraph(first=one.page, second=other.page, length=len(one.words))
            pairs[pair].append(shared)
    return AlikeParagraphs(
        pairs={pair: tuple(several) for pair, several in pairs.items()}, groups=dict(groups)
    )


def _ordered(reports: Sequence[Report]) -> list[str]:
    return [each.submission.id for each in reports]


def _paragraphs(report: Report) -> Iterator[_Paragraph]:
    """Yield the paragraphs of sentences, without captions and rows of tables."""
    for each in WriteUpEvidence.read(report.measurement(ids.WRITE_UP)).paragraphs:
        words = seen(each.text)
        letters = sum(char.isalpha() for char in words)
        digits = sum(char.isdigit() for char in words)
        if letters >= SHORTEST and digits <= TABLES * letters:
            yield _Paragraph(student=report.submission.id, page=each.page, words=words)
