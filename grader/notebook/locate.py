"""Finds the cells of a notebook that answer the lab's questions.

heading by its number -> its section -> the answer's Markdown, or the code that assigns a name
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from grader.labs.network_lab import NetworkLab
from grader.labs.question import Question
from grader.notebook.blank import Blank
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.outline import Heading, Outline, outline
from grader.notebook.source import binds, changes, plain
from grader.notebook.unfilled import unfilled
from grader.notebook.written_answer import State, written_answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """The answer found for a question: its cell, counted from 1, and its text.

    `text` is the answer's Markdown, or the cell's code. If nothing is below the heading, the state
    is "not found" and `cell` is the heading's.
    """

    question: Question
    state: State
    cell: int | None
    text: str = ""

    @property
    def found(self) -> bool:
        """True if the notebook has a cell for the answer, even an empty one."""
        return self.state != "not found"


def locate(notebook: Notebook, lab: NetworkLab, blank: Blank) -> tuple[Located, ...]:
    """Return one `Located` for each of the lab's questions, in the lab's order."""
    search = _Search(outline=outline(notebook, lab.questions), blank=blank)
    return tuple(search.locate(each) for each in lab.questions)


def section_cells(notebook: Notebook, lab: NetworkLab, question: Question) -> tuple[int, ...]:
    """Return the cells, from 0, between the heading of `question` and the next question or part."""
    found = outline(notebook, lab.questions)
    headings = found.of(question)
    return tuple(part.cell for part in found.section(headings[0])) if headings else ()


def in_order(notebook: Notebook) -> bool:
    """True if the executed cells were executed from top to bottom."""
    counts = [cell.execution_count for cell in notebook.cells if cell.execution_count is not None]
    return all(first <= second for first, second in pairwise(counts))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """Finds answers in a notebook; the text in `blank` is the lab's, not the student's."""

    outline: Outline
    blank: Blank

    @property
    def cells(self) -> Sequence[Cell]:
        return self.outline.notebook.cells

    def locate(self, question: Question) -> Located:
        """Return the first heading of the question with an answer, else one with a cell for it."""
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
        found = written_answer(self.outline, heading, self.blank)
        return Located(question=question, state=found.state, cell=found.cell, text=found.text)

    def _code(self, question: Question, heading: Heading) -> Located:
        section = self.outline.section(heading)
        code = [part.cell for part in section if part.kind == "code"]
        making = [number for number in code if self._makes(number, question)]
        if making:
            return self._of_code(question, making)
        # Only an empty first code cell is for the answer: others are the lab's.
        if code and not plain(self.cells[code[0]].source).strip():
            return Located(question=question, state="empty", cell=code[0] + 1)
        return Located(question=question, state="not found", cell=heading.cell + 1)

    def _of_code(self, question: Question, making: Sequence[int]) -> Located:
        """Return the last cell that assigns the name and is not the lab's own, else the last.

        The lab's own cell is an answer too if other cells change the value that it assigns.
        """
        if not making:
            return Located(question=question, state="not found", cell=None)
        own = [number for number in making if not self._is_given(number, question)]
        number = (own or making)[-1]
        given = not own and changed_in(self.outline.notebook, self.blank, question, number) is None
        state: State = "as given" if given else "answered"
        source = self.cells[number].source
        return Located(question=question, state=state, cell=number + 1, text=source)

    def _is_given(self, number: int, question: Question) -> bool:
        """True if a cell is the blank's, or has only placeholders for a value.

        A function may be completed outside the two lines of #: its check decides.
        """
        source = self.cells[number].source
        is_value = question.kind != "prune-function"
        return self.blank.has_code(source) or (is_value and unfilled(source))

    def _makes(self, number: int, question: Question) -> bool:
        name, cell = question.settings.name, self.cells[number]
        return cell.kind == "code" and name is not None and binds(cell.source, name)


def changed_in(notebook: Notebook, blank: Blank, question: Question, made_in: int) -> int | None:
    """Return the first cell, from 0, below `made_in` whose student's code changes the name."""
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
