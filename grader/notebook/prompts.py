"""What each question asks, in the lab's own words: its blank notebook has them."""

import json
from collections.abc import Mapping

from grader.labs.spec import LabSpec
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.outline import answer_line, outline


def prompts(lab: LabSpec) -> Mapping[str, str]:
    """The Markdown below each question's heading, by question; none where the lab has no blank."""
    return prompts_in(lab.blank, lab)


def prompts_in(content: bytes | None, lab: LabSpec) -> Mapping[str, str]:
    """The same of a blank notebook's bytes, which are ours and need no sandbox to be read in.

    A prompt ends with its heading's cell, or where the place for the answer begins in it.
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
            kind=each["cell_type"],
            execution_count=None,
            source="".join(each["source"]),
            left_out=0,
            html=None,
            outputs=(),
            outputs_left_out=0,
        )
        for each in json.loads(content)["cells"]
    )
    return Notebook(nbformat="", language="", cells=cells, output_bytes=0)
