"""Which cells of a notebook answer which question of the lab.

heading by its number -> its section -> the answer's Markdown, or the code that gives a name a value
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal

from grader.lab import LabSpec, Question
from grader.notebook.blank import Blank
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.source import binds, plain

State = Literal["answered", "empty", "as given", "not found"]

_HEADING = re.compile(
    r"^\s*(?:(?P<marks>#{1,6})|<h(?P<level>[1-6])\b[^>]*>|\*\*|__)\s*(?P<text>.+)$"
)
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_BOLD = 7  # a line in bold stands below every heading
_MARKER = re.compile(
    r"^[\s>#]*(?:\*\*|__)?\s*(?:your\s+answers?|answers?|ans|[你您]的(?:答案|回答)|答案|回答|作答)"
    r"\s*(?:[:\uff1a]\s*(?:\*\*|__)?|(?:\*\*|__)\s*[:\uff1a]?)",
    re.IGNORECASE | re.MULTILINE,
)
_WORD = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """What was found for a question: the cell to look at, counted from 1, and what it says.

    `text` is the answer's Markdown, or the cell's code. A heading without anything below it is not
    found either; `cell` is then the heading's.
    """

    question: Question
    state: State
    cell: int | None
    text: str = ""

    @property
    def found(self) -> bool:
        """Whether there is a place for the answer, be there one or not."""
        return self.state != "not found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading in line `line` of cell `cell`, both from 0; `depth` is 1 for the most important."""

    cell: int
    line: int
    depth: int
    text: str
    question: Question | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """The part of a cell that lies in a section."""

    cell: int
    kind: str
    text: str


def locate(notebook: Notebook, lab: LabSpec, blank: Blank) -> tuple[Located, ...]:
    """One `Located` for each of the lab's questions, in the lab's order."""
    headings = tuple(_headings(notebook, lab.questions))
    return tuple(_locate(each, notebook, headings, blank) for each in lab.questions)


def section_cells(notebook: Notebook, lab: LabSpec, question: Question) -> tuple[int, ...]:
    """The cells, from 0, between the heading of `question` and the next question's or part's."""
    headings = tuple(_headings(notebook, lab.questions))
    for heading in headings:
        if heading.question == question:
            return tuple(piece.cell for piece in _section(heading, notebook, headings))
    return ()


def _headings(notebook: Notebook, questions: Sequence[Question]) -> Iterator[Heading]:
    for number, cell in enumerate(notebook.cells):
        if cell.kind == "code":
            continue
        fenced = False
        for line, text in enumerate(cell.source.splitlines()):
            fenced ^= bool(_FENCE.match(text))
            match = None if fenced else _HEADING.match(text)
            if match:
                depth = len(match["marks"] or "") or int(match["level"] or _BOLD)
                found = unicodedata.normalize("NFKC", match["text"][:300])
                question = next((each for each in questions if _is_of(found, each)), None)
                yield Heading(cell=number, line=line, depth=depth, text=found, question=question)


def _is_of(heading: str, question: Question) -> bool:
    return any(re.search(pattern, heading) for pattern in question.headings)


def _section(
    heading: Heading, notebook: Notebook, headings: Sequence[Heading]
) -> tuple[_Piece, ...]:
    """From below the heading to the next question's, or to one that is more important."""
    after = headings[headings.index(heading) + 1 :]
    end = next((each for each in after if each.question or each.depth < heading.depth), None)
    last = len(notebook.cells) - 1 if end is None else end.cell
    pieces = []
    for number in range(heading.cell, last + 1):
        cell = notebook.cells[number]
        lines = cell.source.splitlines()
        start = heading.line + 1 if number == heading.cell else 0
        stop = end.line if end is not None and number == end.cell else len(lines)
        if stop > start or number == heading.cell:
            text = "\n".join(lines[start:stop])
            pieces.append(_Piece(cell=number, kind=cell.kind, text=text))
    return tuple(pieces)


def _locate(
    question: Question, notebook: Notebook, headings: Sequence[Heading], blank: Blank
) -> Located:
    """The first heading of the question with an answer below it, else with a place for one."""
    tried = [
        (_answer if question.takes == "answer" else _code)(
            question, _section(each, notebook, headings), blank, notebook
        )
        for each in headings
        if each.question == question
    ]
    if question.takes == "code" and not any(each.state == "answered" for each in tried):
        tried.insert(0, _code_anywhere(question, notebook, blank))
    ranks: tuple[State, ...] = ("answered", "as given", "empty", "not found")
    nothing = Located(question=question, state="not found", cell=None)
    return min(
        chain((each for each in tried if each.cell is not None), [nothing]),
        key=lambda each: ranks.index(each.state),
    )


def _answer(
    question: Question, section: Sequence[_Piece], blank: Blank, notebook: Notebook
) -> Located:
    texts = [piece for piece in section if piece.kind != "code"]
    marked = [(piece, _MARKER.search(piece.text)) for piece in texts]
    first, match = next(((piece, match) for piece, match in marked if match), (None, None))
    if first is not None and match is not None:
        own = [first.text[match.end() :]]
        after = [piece for piece in texts if piece.cell > first.cell]
    else:  # the place for the answer was deleted: what was added to the section is the answer
        own, after = [], texts[1:]
    after = [piece for piece in after if not blank.has_text(notebook.cells[piece.cell].source)]
    text = "\n\n".join([*own, *(piece.text for piece in after)]).strip()
    place = first or next(iter(after), None)
    if place is None:
        heading = section[0].cell + 1 if section else None
        return Located(question=question, state="not found", cell=heading)
    # A question mark, a dash or a row of stars is what blank answers are made of.
    empty = not _WORD.search(text)
    given = not empty and not after and blank.has_text(notebook.cells[place.cell].source)
    state: State = "empty" if empty else "as given" if given else "answered"
    return Located(question=question, state=state, cell=place.cell + 1, text=text)


def _code(
    question: Question, section: Sequence[_Piece], blank: Blank, notebook: Notebook
) -> Located:
    code = [piece.cell for piece in section if piece.kind == "code"]
    making = [number for number in code if _makes(notebook.cells[number], question)]
    if making:
        return _of_code(question, making[-1], notebook, blank)
    # Only a first cell without code is where the answer belongs: others belong to the lab.
    if code and not plain(notebook.cells[code[0]].source).strip():
        return Located(question=question, state="empty", cell=code[0] + 1)
    return Located(
        question=question, state="not found", cell=section[0].cell + 1 if section else None
    )


def _code_anywhere(question: Question, notebook: Notebook, blank: Blank) -> Located:
    """The last cell that makes the name, in whatever section it came to lie."""
    making = [number for number, cell in enumerate(notebook.cells) if _makes(cell, question)]
    if not making:
        return Located(question=question, state="not found", cell=None)
    return _of_code(question, making[-1], notebook, blank)


def _of_code(question: Question, number: int, notebook: Notebook, blank: Blank) -> Located:
    source = notebook.cells[number].source
    state: State = "as given" if blank.has_code(source) else "answered"
    return Located(question=question, state=state, cell=number + 1, text=source)


def _makes(cell: Cell, question: Question) -> bool:
    name = question.settings.name
    return cell.kind == "code" and name is not None and binds(cell.source, name)


def in_order(notebook: Notebook) -> bool:
    """Whether the cells that were run were run from top to bottom."""
    counts = [cell.execution_count for cell in notebook.cells if cell.execution_count is not None]
    return all(first <= second for first, second in pairwise(counts))
