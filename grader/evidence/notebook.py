"""Evidence of a notebook: its cells and its claims."""

from dataclasses import dataclass

from grader.evidence.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Record):
    """A number that the notebook states for its pruned network."""

    what: str
    """`MFLOPs`, `accuracy` or `score`"""
    value: float
    """the number as written"""
    percent: bool | None
    """true if a percent sign follows the number"""
    cell: int | None
    """the cell, from 1"""
    decimals: int | None = None
    """the digits behind the decimal point, as written"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookEvidence(Record):
    """The notebook as a whole."""

    nbformat: str | None
    """the version of its file format"""
    language: str | None
    """the language that the notebook's metadata names"""
    code_cells: int | None
    """code cells"""
    executed: int | None
    """code cells with an execution count"""
    in_order: bool | None
    """true if the execution counts rise from top to bottom"""
    errors: int | None
    """code cells with an error in their outputs"""
    output_bytes: int | None
    """the size of all outputs as handed in, in bytes"""
    cut: int | None
    """cells and outputs that were shortened"""
    page: str | None
    """the SHA-256 of the page's body, which is kept in `.pages` and written as `notebook.html` beside this file (cell N has the anchor `#cell-N`); `null` if none was kept"""  # noqa: E501
    claims: tuple[Claim, ...]
    """the last MFLOPs, accuracy and score of the formula's part that the code assigns to a variable, the last that it printed, and the last in Markdown"""  # noqa: E501
    questions_found: int | None
    """how many of the lab's questions have an answer cell"""
