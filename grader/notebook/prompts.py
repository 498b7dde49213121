"""What each question asks, in the lab's own words: its blank notebook has them."""

import json
from collections.abc import Mapping, Sequence

from grader.lab import LabSpec
from grader.notebook.locate import _MARKER, Heading, _headings, _section
from grader.notebook.notebook import Cell, Notebook


def prompts(lab: LabSpec) -> Mapping[str, str]:
    """The Markdown below each question's heading, by question; none where the lab has no blank."""
    return prompts_in(lab.blank, lab)


def prompts_in(content: bytes | None, lab: LabSpec) -> Mapping[str, str]:
    """The same of a blank notebook's bytes, which are ours and need no sandbox to be read in.

    A prompt ends with its heading's cell, or where the place for the answer begins in it.
    """
    if content is None:
        return {}
    blank = _notebook(content)
    headings = tuple(_headings(blank, lab.questions))
    found: dict[str, str] = {}
    for heading in headings:
        prompt = _below(heading, blank, headings)
        if heading.question and prompt:
            found.setdefault(heading.question.id, prompt)
    return found


def _below(heading: Heading, blank: Notebook, headings: Sequence[Heading]) -> str:
    own = _section(heading, blank, headings)[0].text
    marker = _MARKER.search(own)
    return own[: marker.start() if marker else None].strip()


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
