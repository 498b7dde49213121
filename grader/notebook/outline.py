"""A notebook's headings, and the lab's question of each.

A heading is a Markdown heading, an HTML heading, or a line in bold. A heading inside an answer,
below the line that begins it, is the student's: it ends a section only if it names another
question.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from grader.labs.spec import Question
from grader.notebook.notebook import Notebook

HEADINGS_AT_MOST = 500  # a lab has thirty; each is compared with every question
PARTS_AT_MOST = 60
_LONG = 300  # characters of a line that can be a heading, or begin an answer

_HEADING = re.compile(
    r"\s{0,9}(?:(?P<marks>#{1,6})|<h(?P<level>[1-6])\b[^>]{0,99}>|\*\*|__)\s{0,9}(?P<text>.+)"
)
_FENCE = re.compile(r"\s{0,9}(?:```|~~~)")
_BOLD = 7  # a line in bold ranks below every heading
_DECORATION = "> #\t\u3000\xa0"
_ANSWER = re.compile(
    r"(?:\*\*|__)?\s{0,3}"
    r"(?:your\s{1,3}answers?|answers?|ans|[你您]的(?:答案|回答)|答案|回答|作答)\s{0,3}"
    r"(?:[:\uff1a]\s{0,3}(?:\*\*|__)?|(?:\*\*|__)\s{0,3}[:\uff1a]?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading in line `line` of cell `cell`, both from 0; the highest level has `depth` 1."""

    cell: int
    line: int
    depth: int
    text: str
    question: Question | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPart:
    """The part of a cell, counted from 0, that belongs to a section."""

    cell: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The headings of a notebook, and the line, from 0, that begins an answer, by cell."""

    notebook: Notebook
    headings: tuple[Heading, ...]
    answers: dict[int, int]

    def of(self, question: Question) -> tuple[Heading, ...]:
        """Return the headings of a question; there may be several."""
        return tuple(each for each in self.headings if each.question == question)

    def section(self, heading: Heading, *, whole: bool = False) -> tuple[SectionPart, ...]:
        """Return the section from below the heading to the next question's or higher heading.

        The `whole` section ends only at the next heading of another question.
        """
        after = self.headings[self.headings.index(heading) + 1 :]
        same = heading.question if whole else None
        end = next((each for each in after if self._ends(each, heading, same)), None)
        last = len(self.notebook.cells) - 1 if end is None else end.cell
        parts = []
        for number in range(heading.cell, min(last + 1, heading.cell + PARTS_AT_MOST)):
            cell = self.notebook.cells[number]
            lines = cell.source.splitlines()
            start = heading.line + 1 if number == heading.cell else 0
            stop = end.line if end is not None and number == end.cell else len(lines)
            if stop > start or number == heading.cell:
                text = "\n".join(lines[start:stop])
                parts.append(SectionPart(cell=number, kind=cell.kind, text=text))
        return tuple(parts)

    def _ends(self, later: Heading, heading: Heading, same: Question | None) -> bool:
        if later.question is not None:
            return later.question != same
        answer = self.answers.get(later.cell)
        in_answer = answer is not None and later.line >= answer
        return later.depth < heading.depth and not in_answer


def outline(notebook: Notebook, questions: Sequence[Question]) -> Outline:
    """Return the notebook's headings, each with its question, if it has one."""
    return Outline(
        notebook=notebook,
        headings=tuple(islice(_headings(notebook, questions), HEADINGS_AT_MOST)),
        answers={
            number: line
            for number, cell in enumerate(notebook.cells)
            if cell.kind != "code" and (line := answer_line(cell.source)) is not None
        },
    )


def answer_line(text: str) -> int | None:
    """Return the first line, from 0, that begins an answer; None if there is none."""
    lines = enumerate(text.splitlines())
    return next((number for number, line in lines if _opening(line) is not None), None)


def answer_below(text: str) -> str | None:
    """Return the text after the words that begin an answer; None if no line begins one."""
    at = answer_line(text)
    if at is None:
        return None
    lines = text.splitlines()
    return "\n".join([_opening(lines[at]) or "", *lines[at + 1 :]])


def _opening(line: str) -> str | None:
    bare = line.lstrip(_DECORATION)
    match = _ANSWER.match(bare[:_LONG])
    return bare[match.end() :] if match else None


def _headings(notebook: Notebook, questions: Sequence[Question]) -> Iterator[Heading]:
    for number, cell in enumerate(notebook.cells):
        if cell.kind == "code":
            continue
        fenced = False
        for line, text in enumerate(cell.source.splitlines()):
            fenced ^= bool(_FENCE.match(text))
            match = None if fenced else _HEADING.match(text[:_LONG])
            if match:
                depth = len(match["marks"] or "") or int(match["level"] or _BOLD)
                found = unicodedata.normalize("NFKC", match["text"])
                asked = (each for each in questions if _asks(found, each, depth))
                yield Heading(
                    cell=number, line=line, depth=depth, text=found, question=next(asked, None)
                )


def _asks(heading: str, question: Question, depth: int) -> bool:
    """True if the heading names the question; a bold line must begin with the name."""
    found = (re.search(pattern, heading) for pattern in question.headings)
    return any(match is not None and (depth < _BOLD or not match.start()) for match in found)
