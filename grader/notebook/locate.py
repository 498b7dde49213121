"""Which cells of a notebook answer which question of the lab.

heading by its number -> its section -> the answer's Markdown, or the code that gives a name a value
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal

from grader.labs.spec import LabSpec, Question
from grader.notebook.blank import Blank
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.outline import Heading, Outline, Piece, answer_below, outline
from grader.notebook.source import binds, changes, plain

State = Literal["answered", "empty", "as given", "not found"]

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


def locate(notebook: Notebook, lab: LabSpec, blank: Blank) -> tuple[Located, ...]:
    """One `Located` for each of the lab's questions, in the lab's order."""
    search = _Search(outline=outline(notebook, lab.questions), blank=blank)
    return tuple(search.locate(each) for each in lab.questions)


def section_cells(notebook: Notebook, lab: LabSpec, question: Question) -> tuple[int, ...]:
    """The cells, from 0, between the heading of `question` and the next question's or part's."""
    found = outline(notebook, lab.questions)
    headings = found.of(question)
    return tuple(piece.cell for piece in found.section(headings[0])) if headings else ()


def in_order(notebook: Notebook) -> bool:
    """Whether the cells that were run were run from top to bottom."""
    counts = [cell.execution_count for cell in notebook.cells if cell.execution_count is not None]
    return all(first <= second for first, second in pairwise(counts))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """Looks for answers in a notebook whose lab's own words are known from `blank`."""

    outline: Outline
    blank: Blank

    @property
    def cells(self) -> Sequence[Cell]:
        return self.outline.notebook.cells

    def locate(self, question: Question) -> Located:
        """The first heading of the question with an answer below it, else with a place for one."""
        look = self._text if question.takes == "answer" else self._code
        tried = [look(question, each) for each in self.outline.of(question)]
        if question.takes == "code" and not any(each.state == "answered" for each in tried):
            making = [number for number in range(len(self.cells)) if self._makes(number, question)]
            tried.insert(0, self._of_code(question, making))
        ranks: tuple[State, ...] = ("answered", "as given", "empty", "not found")
        nothing = Located(question=question, state="not found", cell=None)
        return min(
            chain((each for each in tried if each.cell is not None), [nothing]),
            key=lambda each: ranks.index(each.state),
        )

    def _text(self, question: Question, heading: Heading) -> Located:
        found = self._in_its_place(question, heading)
        return found if found.state == "answered" else self._beside(found, heading) or found

    def _in_its_place(self, question: Question, heading: Heading) -> Located:
        """The answer that begins as the lab's cells do, and the cells that were added below it."""
        section = self.outline.section(heading)
        texts = [piece for piece in section if piece.kind != "code"]
        marked = ((piece, answer_below(piece.text)) for piece in texts)
        found = ((piece, text) for piece, text in marked if text is not None)
        first, below = next(found, (None, ""))
        if first is not None:
            after = [piece for piece in texts if piece.cell > first.cell]
        else:  # the place for the answer was deleted: what was added to the section is the answer
            after = texts[1:]
        after = [piece for piece in after if not self._is_labs(piece)]
        text = "\n\n".join([below or "", *(piece.text for piece in after)]).strip()
        place = first or next(iter(after), None)
        if place is None:
            return Located(question=question, state="not found", cell=heading.cell + 1)
        # A question mark, a dash or a row of stars is what blank answers are made of.
        empty = not _WORD.search(text)
        given = not empty and not after and self._is_labs(place)
        state: State = "empty" if empty else "as given" if given else "answered"
        return Located(question=question, state=state, cell=place.cell + 1, text=text)

    def _beside(self, found: Located, heading: Heading) -> Located | None:
        """What the student wrote elsewhere below the heading, above the place for it for one.

        In a notebook whose heading is not the lab's own, what stands below it in its cell, and
        code, may be the lab's, too.
        """
        known = self.blank.has_line(heading.text)
        own = [
            (piece.cell, text)
            for piece in self.outline.section(heading, whole=True)
            if known or (piece.cell != heading.cell and piece.kind != "code")
            if (text := self._own_words(piece)) and _WORD.search(text)
        ]
        if not own:
            return None
        text = "\n\n".join(text for _, text in own)
        return Located(question=found.question, state="answered", cell=own[0][0] + 1, text=text)

    def _own_words(self, piece: Piece) -> str:
        if piece.kind == "code":
            return "" if self.blank.has_code(piece.text) else piece.text
        lines = (line for line in piece.text.splitlines() if not self.blank.has_line(line))
        words = "\n".join(lines).strip()
        below = answer_below(words)
        return words if below is None or _WORD.search(below) else words.partition("\n")[0]

    def _is_labs(self, piece: Piece) -> bool:
        return self.blank.has_text(self.cells[piece.cell].source)

    def _code(self, question: Question, heading: Heading) -> Located:
        section = self.outline.section(heading)
        code = [piece.cell for piece in section if piece.kind == "code"]
        making = [number for number in code if self._makes(number, question)]
        if making:
            return self._of_code(question, making)
        # Only a first cell without code is where the answer belongs: others belong to the lab.
        if code and not plain(self.cells[code[0]].source).strip():
            return Located(question=question, state="empty", cell=code[0] + 1)
        return Located(question=question, state="not found", cell=heading.cell + 1)

    def _of_code(self, question: Question, making: Sequence[int]) -> Located:
        """The last cell that makes the name and is not the lab's own, else the last.

        The lab's own is an answer, too, where other cells change what it makes.
        """
        if not making:
            return Located(question=question, state="not found", cell=None)
        own = [number for number in making if not self.blank.has_code(self.cells[number].source)]
        number = (own or making)[-1]
        given = not own and changed_in(self.outline.notebook, self.blank, question, number) is None
        state: State = "as given" if given else "answered"
        source = self.cells[number].source
        return Located(question=question, state=state, cell=number + 1, text=source)

    def _makes(self, number: int, question: Question) -> bool:
        name, cell = question.settings.name, self.cells[number]
        return cell.kind == "code" and name is not None and binds(cell.source, name)


def changed_in(notebook: Notebook, blank: Blank, question: Question, made_in: int) -> int | None:
    """The first cell, from 0, below `made_in`, in which code of the student's changes the name."""
    name = question.settings.name
    below = enumerate(notebook.cells[made_in + 1 :], start=made_in + 1)
    return next(
        (
            number
            for number, cell in below
            if cell.kind == "code"
            and name is not None
            and changes(cell.source, name)
            and not blank.has_code(cell.source)
        ),
        None,
    )
