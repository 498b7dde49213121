"""A notebook's headings, and the lab's question of each.

A heading is a Markdown heading, an HTML heading, or a line in bold. A section ends where the next
question or part of the lab begins, whatever the depths of the headings are. A heading inside an
answer, below the line that begins it, is the student's: it ends a section only if it names another
question.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from grader.labs.question import Question
from grader.notebook.notebook import Notebook

HEADINGS_AT_MOST = 500  # a lab has thirty; each is compared with every question
REPEATED_AT_MOST = 20  # headings of one question: each is searched for the answer
PARTS_AT_MOST = 60
_LONG = 300  # characters of a line that can be a heading, or begin an answer

_HEADING = re.compile(
    r"\s{0,9}(?:(?P<marks>#{1,6})|<h(?P<level>[1-6])\b[^>]{0,99}>|\*\*|__)\s{0,9}(?P<text>.+)"
)
_FENCE = re.compile(r"\s{0,9}(?:```|~~~)")
_LABELS_AT_MOST = 3  # of one line: the lab's, and the student's own behind it
_BOLD = 7  # a line in bold ranks below every heading
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_DECORATION = "> #\t\u3000\xa0"
_BULLET = re.compile(r"\A[-*+]\s{1,9}")
_ANSWER = re.compile(
    r"(?P<bold>[*_]{1,3})?\s{0,3}"
    r"(?:(?:(?:your|my|our|student'?s?)\s{1,3})?(?:answers?|ans|solution|response)"
    r"(?:\s{1,3}(?:to|for|of)(?=\s))?(?:\s{0,3}(?:question|q)?\s{0,3}\d(?:\.?\d)?)?"
    r"|(?:[你您我]的)?(?:答案|回答|解答|作答|答覆|答复|答)|(?-i:A)(?=[*_\s]{0,4}[:\uff1a]))\s{0,3}"
    r"(?:[*_]{0,3}\s{0,3}[:\uff1a](?(bold)\s{0,3}[*_]{0,3})|(?(bold)[*_]{1,3}|$))",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\W{0,9}(?:part\s{0,3}(?P<number>\d|i{1,3}\b)|第\s{0,3}(?P<chinese>[一二三1-9])\s{0,3}(?:部[分份]|部))",
    re.IGNORECASE,
)
_NUMBERS = {"i": 1, "ii": 2, "iii": 3, "一": 1, "二": 2, "三": 3}
# A question of another lab or of another year: it ends the section above it too.
_QUESTION = re.compile(
    r"\W{0,9}(?:(?:question|q)\s{0,3}\d|(?:[問问][題题]|[題题]目)\s{0,3}\d)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading in line `line` of cell `cell`, both from 0; the highest level has `depth` 1."""

    cell: int
    line: int
    depth: int
    text: str
    question: Question | None

    @property
    def part(self) -> int | None:
        """The number of the lab's part that the heading begins; None if it begins none."""
        match = _PART.match(self.text)
        if match is None:
            return None
        number = (match["number"] or match["chinese"]).lower()
        return _NUMBERS.get(number) or int(number)

    @property
    def asks(self) -> bool:
        """True if the heading begins with a question's number, of this lab or of another."""
        return self.question is not None or _QUESTION.match(self.text) is not None


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
        """Return the headings of a question; there may be several, of which some are returned."""
        found = (each for each in self.headings if each.question == question)
        return tuple(islice(found, REPEATED_AT_MOST))

    def begun(self) -> tuple[Heading, ...]:
        """Return the headings that are no part of an answer, and are no lines in bold."""
        return tuple(
            each for each in self.headings if each.depth < _BOLD and not self._in_answer(each)
        )

    def section(self, heading: Heading) -> tuple[SectionPart, ...]:
        """Return the section from below the heading to the next question or part of the lab.

        The depths of headings do not count: a part of a question may have a higher heading.
        """
        end = self._end(heading)
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

    def heading_of(self, cell: int) -> Heading | None:
        """Return the Markdown or HTML heading that is the first line of a cell, if there is one."""
        text = self.notebook.cells[cell].source
        first = len(text) - len(text.lstrip())
        line = text[:first].count("\n")
        return next(
            (
                each
                for each in self.headings
                if (each.cell, each.line) == (cell, line) and each.depth < _BOLD
            ),
            None,
        )

    def _end(self, heading: Heading) -> Heading | None:
        at = self.headings.index(heading)
        part = next((each.part for each in reversed(self.headings[:at]) if each.part), 0)
        return next(
            (each for each in self.headings[at + 1 :] if self._ends(each, heading, part)), None
        )

    def _ends(self, later: Heading, heading: Heading, part: int) -> bool:
        """True if a later heading ends the section of `heading`, which is in the lab's `part`."""
        if later.question is not None:
            return later.question != heading.question
        begins_part = later.part is not None and later.part > part
        if self._in_answer(later):  # a part is the lab's also where cells were merged
            return begins_part and later.depth < heading.depth
        return later.asks or begins_part

    def _in_answer(self, heading: Heading) -> bool:
        """True if the heading is below the line that begins an answer: it is the student's."""
        answer = self.answers.get(heading.cell)
        return answer is not None and heading.line >= answer


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
    """Return the text after the words that begin an answer; None if no line begins one.

    The student's own labels below it ("Answer:" again) are left out too.
    """
    at = answer_line(text)
    return None if at is None else without_labels("\n".join(text.splitlines()[at:]))


def without_labels(text: str) -> str:
    """Return the text without the label, such as "Answer:", that begins a line."""
    return "\n".join(_unlabelled(each) for each in text.splitlines())


def _unlabelled(line: str) -> str:
    for _ in range(_LABELS_AT_MOST):
        opened = _opening(line)
        if opened is None:
            break
        line = opened.lstrip()
    return line


def _opening(line: str) -> str | None:
    """Return the rest of a line that begins an answer; None if it does not."""
    bare = _BULLET.sub("", line.lstrip(_DECORATION))
    if bare.startswith("<"):
        bare = _TAG.sub("", bare[:_LONG]) + bare[_LONG:]
    match = _ANSWER.match(bare[:_LONG])
    if match is None:
        return None
    rest, bold = bare[match.end() :], match["bold"]
    if bold and not match[0].endswith(bold) and rest.rstrip().endswith(bold):
        return rest.rstrip().removesuffix(bold)  # the whole line is in bold
    return rest


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
