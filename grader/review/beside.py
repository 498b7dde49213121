"""Two hand-ins side by side: their answers or paragraphs, their networks or latencies."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from rapidfuzz import fuzz, process

from grader import text
from grader.evidence import ids
from grader.evidence.accuracy import Rate
from grader.evidence.lineage import LineageEvidence, Width
from grader.evidence.mflops import MflopsEvidence
from grader.evidence.question import AnswerEvidence
from grader.evidence.write_up import ParagraphEvidence, TableEvidence, WriteUpEvidence
from grader.labs.spec import LabSpec
from grader.labs.write_up_lab import WriteUpLab
from grader.report.check_names import titles
from grader.report.class_row import class_row
from grader.similarity.wording import seen
from grader.types import Report, Role

RUN = 3  # words in sequence: fewer are equal in any two texts
ALIKE = 60.0  # of 100, by rapidfuzz's ratio: texts that are worth a look
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a text; `is_same` if the other text has it, too."""

    words: str
    is_same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two texts in pieces, and where it stands: `cell 3`, `page 2`."""

    pieces: tuple[Piece, ...]
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPair:
    """Two texts side by side; `ratio` is 100 for equal words."""

    title: str
    one: Side
    other: Side
    ratio: float

    @property
    def is_alike(self) -> bool:
        """True if the two are worth a look."""
        return self.ratio >= ALIKE


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of both, as text; `share` are the lengths of their bars in percent, if any."""

    title: str
    one: str
    other: str
    share: tuple[float, float] | None = None

    @property
    def is_same(self) -> bool:
        """True if both have the figure, and it is the same."""
        return self.one == self.other != "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Two hand-ins side by side; `figures` are of the whole, `parts` of each layer or cell."""

    texts: tuple[TextPair, ...]
    figures: tuple[Figure, ...]
    parts: tuple[Figure, ...]


def beside(one: Report, other: Report, lab: LabSpec) -> Beside:
    """Return two hand-ins of `lab` side by side."""
    if isinstance(lab, WriteUpLab):
        return Beside(
            texts=tuple(_paragraphs(one, other)),
            figures=(),
            parts=tuple(_cells(one, other, lab)),
        )
    return Beside(
        texts=tuple(_answers(one, other)),
        figures=tuple(_figures(one, other)),
        parts=tuple(_layers(one, other)),
    )


def sides(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return both texts in pieces: runs of words that both have, and the rest.

    Words are the same without their case, their Markdown, and letters that only look different.
    """
    mine, theirs = _WORD.findall(one), _WORD.findall(other)
    matcher = SequenceMatcher(None, list(map(seen, mine)), list(map(seen, theirs)), autojunk=False)
    runs = [each for each in matcher.get_matching_blocks() if each.size >= RUN]
    return (
        _pieces(mine, [(each.a, each.a + each.size) for each in runs]),
        _pieces(theirs, [(each.b, each.b + each.size) for each in runs]),
    )


def _pieces(words: Sequence[str], runs: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    found, at = [], 0
    for begin, end in runs:
        found += [
            Piece(words="".join(words[at:begin]), is_same=False),
            Piece(words="".join(words[begin:end]), is_same=True),
        ]
        at = end
    found.append(Piece(words="".join(words[at:]), is_same=False))
    return tuple(each for each in found if each.words)


def _pair(title: str, one: tuple[str, str], other: tuple[str, str]) -> TextPair:
    """Return two texts, each with where it stands, side by side."""
    mine, theirs = sides(one[0], other[0])
    return TextPair(
        title=title,
        one=Side(pieces=mine, where=one[1]),
        other=Side(pieces=theirs, where=other[1]),
        ratio=fuzz.ratio(seen(one[0]), seen(other[0])),
    )


def _answers(one: Report, other: Report) -> Iterator[TextPair]:
    for item in one.grade.items:
        for question in item.questions:
            mine, theirs = _answer(one, question.id), _answer(other, question.id)
            if mine[0] and theirs[0]:
                yield _pair(question.title, mine, theirs)


def _answer(report: Report, question: str) -> tuple[str, str]:
    found = AnswerEvidence.read(report.measurement(ids.question_id(question)))
    return found.answer or "", f"cell {found.cell}" if found.cell is not None else ""


def _paragraphs(one: Report, other: Report) -> Iterator[TextPair]:
    """Yield each paragraph of the first that the second has nearly the same, the most alike one."""
    mine, theirs = _paragraphs_of(one), _paragraphs_of(other)
    if not mine or not theirs:
        return
    words = [[seen(each.text) for each in side] for side in (mine, theirs)]
    ratios = process.cdist(*words, scorer=fuzz.ratio, score_cutoff=ALIKE)
    for at, each in enumerate(mine):
        nearest = int(np.argmax(ratios[at]))
        if ratios[at, nearest]:
            found = theirs[nearest]
            yield _pair(
                f"Paragraph on page {each.page}",
                (each.text, f"page {each.page}"),
                (found.text, f"page {found.page}"),
            )


def _paragraphs_of(report: Report) -> tuple[ParagraphEvidence, ...]:
    return WriteUpEvidence.read(report.measurement(ids.WRITE_UP)).paragraphs


def _cells(one: Report, other: Report, lab: WriteUpLab) -> Iterator[Figure]:
    """Yield the cells of the tables that both have, in the first one's order."""
    for id, title in titles(lab).items():
        if not id.startswith(ids.TABLE):
            continue
        theirs = {
            (each.row, each.column): each.text
            for each in TableEvidence.read(other.measurement(id)).cells
        }
        for each in TableEvidence.read(one.measurement(id)).cells:
            found = theirs.get((each.row, each.column))
            if each.text and found:
                yield Figure(
                    title=f"{title}, {each.row}: {each.column}", one=each.text, other=found
                )


def _figures(one: Report, other: Report) -> Iterator[Figure]:
    mine, theirs = dict(_figures_of(one)), dict(_figures_of(other))
    for title, value in mine.items():
        yield Figure(title=title, one=value, other=theirs[title])


def _figures_of(report: Report) -> Iterator[tuple[str, str]]:
    row, counted = class_row(report), MflopsEvidence.read(report.measurement(ids.MFLOPS))
    checkpoint = report.submission.file(Role.CHECKPOINT)
    yield "MFLOPs", "-" if row.mflops is None else text.mflops(row.mflops)
    yield "Parameters", "-" if counted.parameters is None else f"{counted.parameters:,}"
    yield "Accuracy, PyTorch", _rate(row.accuracy)
    yield "Accuracy, ExecuTorch", _rate(row.accuracy_executorch)
    yield "Size of the checkpoint", "-" if checkpoint is None else f"{checkpoint.size:,} bytes"
    yield "SHA-256 of the checkpoint", "-" if checkpoint is None else checkpoint.sha256[:16]


def _rate(rate: Rate | None) -> str:
    return "-" if rate is None else text.percent(rate.value)


def _layers(one: Report, other: Report) -> Iterator[Figure]:
    """Yield the channels of each layer; a network without it has a dash."""
    mine, theirs = _widths(one), _widths(other)
    for layer in dict.fromkeys((*mine, *theirs)):
        left, right = mine.get(layer), theirs.get(layer)
        yield Figure(
            title=layer, one=_width(left), other=_width(right), share=(_share(left), _share(right))
        )


def _widths(report: Report) -> dict[str, Width]:
    found = LineageEvidence.read(report.measurement(ids.LINEAGE)).widths
    return {each.layer: each for each in found}


def _width(width: Width | None) -> str:
    return "-" if width is None else f"{width.kept} of {width.original}"


def _share(width: Width | None) -> float:
    return 0.0 if width is None or not width.original else 100 * width.kept / width.original
