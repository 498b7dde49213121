"""Finds the answer in words to a question: in its cell, in the heading's cell, or one cell lower.

The text of the template is no answer: what the blank has, what the lab file says that the question
asks, and what stands where an unknown version of the template has its own words.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.notebook.blank import Blank, words
from grader.notebook.outline import (
    Heading,
    Outline,
    SectionPart,
    answer_below,
    answer_line,
    without_labels,
)
from grader.notebook.source import parsed, plain

State = Literal["answered", "empty", "as given", "not found"]

_ENDS = re.compile(r"[.?!:\u3002\uff1f\uff01\uff1a][*_\"')\s]{0,9}$")
_HEADING = re.compile(r"\s{0,9}(?:#|<h[1-6]\b)", re.IGNORECASE)
_PROMPT = re.compile(
    r"[?\uff1f][*_\"')\s]{0,9}$"
    r"|^\W{0,9}(?:please|explain|describe|discuss|answer th(?:e|ese)|hints?\b|tips?\b|notes?\s?:"
    r"|look at|write (?:down|your|the)|refer to|run the|fill in|complete the|modify|remember"
    r"|reminder|make sure|in this (?:section|part|question|lab)|let's|let us|todo\b|don't forget"
    r"|congratulations?\b|you(?:'ve| have) (?:now )?(?:finished|completed)|the end\W{0,9}$"
    r"|thank(?:s| you)\b|(?:submit|upload|hand in|turn in|zip|save) (?:the|your|this|all)\b"
    r"|[請请][^求]|說明|说明|提示|注意[:\uff1a]|試[說述]|试[说述])",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"\W{0,9}(?:(?:write|type|put|fill in|enter|insert)\s{1,3}(?:in\s)?(?:your|the)\s{1,3}"
    r"(?:own\s)?answers?(?:\s{1,3}(?:here|below))?(?:,?\s{1,3}replacing this text)?"
    r"|(?:please\s)?fill\s(?:this\s)?(?:in|out)(?:\shere)?"
    r"|(?:write|type)\s{1,3}here|(?:your\s{1,3})?answers?\s{1,3}here|to\s?do|tbd|double.?click.{0,60}"
    r"|[請请]?在?此?[處处]?(?:作答|填寫|填写|回答))\W{0,9}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An answer in words: its cell, counted from 1, and its Markdown.

    The state is "not found" if the section has neither an answer nor a cell for one; `cell` is the
    heading's then.
    """

    state: State
    cell: int
    text: str = ""


def written_answer(outline: Outline, heading: Heading, blank: Blank) -> Written:
    """Return the answer in words below a question's heading."""
    return _Search(outline=outline, heading=heading, blank=blank).answer()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    outline: Outline
    heading: Heading
    blank: Blank

    def answer(self) -> Written:
        parts = self.outline.section(self.heading)
        at = next((n for n, each in enumerate(parts) if _begins_answer(each)), None)
        if at is None:
            marked, below = [], parts[1:]
        else:
            marked, below = [(parts[at].cell, answer_below(parts[at].text) or "")], parts[at + 1 :]
        started = [each for each in marked if self._is_own(each[1])]
        found = [*started, *self._below(below, answered=bool(started))]
        if not found:
            found = list(self._beside(parts, at, below))
        if found:
            text = "\n\n".join(text.strip() for _, text in found).strip()
            return Written(state="answered", cell=found[0][0] + 1, text=text)
        if at is None:
            return Written(state="not found", cell=self.heading.cell + 1)
        cell, text = marked[0]
        given = words(text) and self.blank.has_text(self._source(cell))
        return Written(state="as given" if given else "empty", cell=cell + 1)

    def _below(self, parts: Sequence[SectionPart], answered: bool) -> Iterator[tuple[int, str]]:
        """Yield the student's Markdown cells below the answer cell.

        A heading of the same or a higher rank ends them if there is an answer already, or if it is
        the template's. Only headings are no answer.
        """
        for part in parts:
            if part.kind == "code":
                continue
            text, heading = without_labels(part.text), self.outline.heading_of(part.cell)
            begins = heading is not None and heading.depth <= self.heading.depth
            if heading is not None and begins and (answered or self._is_templates(heading)):
                return
            if self.blank.has_text(self._source(part.cell)):
                continue
            if self._says(_without_headings(text)):
                answered = True
                yield part.cell, text

    def _beside(
        self, parts: Sequence[SectionPart], at: int | None, below: Sequence[SectionPart]
    ) -> Iterator[tuple[int, str]]:
        """Yield the student's words in unusual places, for an answer cell that is empty.

        These are the heading's cell, above the line that begins the answer; the cells between; and
        a cell of comments.
        """
        above = parts[: 1 if at is None else at + 1]
        for part in above:
            text = "\n".join(part.text.splitlines()[: answer_line(part.text)])
            if part.kind == "code":
                text = _comments(part.text)
            own = text
            if part.cell == self.heading.cell:
                own = self._without_prompt(text, labelled=at is not None)
            if self._says(own):
                yield (
                    part.cell,
                    own.strip() if part.cell == self.heading.cell else self.blank.own_part(own),
                )
        for part in below:
            comments = _comments(part.text) if part.kind == "code" else ""
            if self._is_own(comments) and not self.blank.has_code(part.text):
                yield part.cell, part.text

    def _is_templates(self, heading: Heading) -> bool:
        """True if a heading below the answer's cell begins the template's next section.

        It is higher than the question's, and not below the last question; or code follows it before
        the next heading.
        """
        later = (each for each in self.outline.headings if each.cell > heading.cell)
        if heading.depth < self.heading.depth and any(each.question for each in later):
            return True
        cells = self.outline.notebook.cells
        for number in range(heading.cell + 1, len(cells)):
            if cells[number].kind == "code":
                return bool(plain(cells[number].source).strip())
            if self.outline.heading_of(number) is not None:
                return False
        return False

    def _without_prompt(self, text: str, labelled: bool) -> str:
        """Return the heading's cell without the question's words.

        Words that neither the blank nor the lab file has are the question's if they ask, and the
        first sentence is if the template is not the lab's: no question of the notebook has words
        that are known, or none is known here and the place for the answer (`labelled`) is below.
        """
        own = self.blank.own_part(text)
        lines, unknown = own.splitlines(), words(own) == words(text)
        asking = [n for n, line in enumerate(lines) if _PROMPT.search(line)]
        if asking:
            lines = lines[asking[-1] + 1 :]
        elif (labelled and unknown) or not self._knows_template():
            ends = (n for n, line in enumerate(lines) if not line.strip() or _ENDS.search(line))
            lines = lines[next(ends, len(lines)) + 1 :]
        return "\n".join(lines)

    def _knows_template(self) -> bool:
        """True if the words below any question's heading are the blank's or the lab file's."""
        asked = {each.question.id: each for each in self.outline.headings if each.question}
        sections = (self.outline.section(each)[0].text for each in asked.values())
        texts = ("\n".join(each.splitlines()[: answer_line(each)]) for each in sections)
        return any(words(self.blank.own_part(each)) != words(each) for each in texts)

    def _is_own(self, text: str) -> bool:
        """True if the text has words that are the student's."""
        lines = self.blank.own_part(text).splitlines()
        return any(words(line) and not _PLACEHOLDER.fullmatch(line) for line in lines)

    def _says(self, text: str) -> bool:
        """True if a line is the student's own and does not ask, as the lines of a template do."""
        return any(self._is_own(line) for line in text.splitlines() if not _PROMPT.search(line))

    def _source(self, cell: int) -> str:
        return self.outline.notebook.cells[cell].source


def _begins_answer(part: SectionPart) -> bool:
    return part.kind != "code" and answer_line(part.text) is not None


def _without_headings(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not _HEADING.match(line))


def _comments(code: str) -> str:
    """Return the text of a code cell that has only comments and texts, or is no Python at all."""
    tree = parsed(code)
    if tree is None:
        return code
    texts = [each.value for each in tree.body if isinstance(each, ast.Expr)]
    if len(texts) < len(tree.body) or not all(isinstance(each, ast.Constant) for each in texts):
        return ""
    return code
