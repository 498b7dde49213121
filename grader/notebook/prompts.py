"""Each question's prompt, from the lab's blank notebook."""

from collections.abc import Mapping

from grader.labs.blank_cells import blank_cells
from grader.labs.spec import LabSpec
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.outline import answer_line, outline


def prompts(lab: LabSpec) -> Mapping[str, str]:
    """Return the Markdown below each question's heading, by question id; empty without a blank."""
    return prompts_in(lab.blank, lab)


def prompts_in(content: bytes | None, lab: LabSpec) -> Mapping[str, str]:
    """Return the same for a blank notebook's bytes; they are trusted and need no sandbox.

    A prompt ends with its heading's cell, or before the line in it that begins the answer.
    """
    if content is None:
        return {}
    blank = outline(_notebook(content), lab.questions)
    found: dict[str, str] = {}
    for heading in blank.headings:
        below = blank.section(heading)[0].text
        prompt = "\n".join(below.splitlines()[: answer_line(below)]).strip()
        if heading.question and prompt:
            found.setdefault(heading.question.id, prompt)
    return found


def _notebook(content: bytes) -> Notebook:
    cells = tuple(
        Cell(
            kind=kind,
            execution_count=None,
            source=source,
            left_out=0,
            html=None,
            outputs=(),
            outputs_left_out=0,
        )
        for kind, source in blank_cells(content)
    )
    return Notebook(nbformat="", language="", cells=cells, output_bytes=0)
