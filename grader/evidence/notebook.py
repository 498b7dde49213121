"""What a notebook holds and claims."""

from dataclasses import dataclass

from grader.evidence.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Record):
    """A number that the notebook gives for its pruned network."""

    what: str
    """`MFLOPs`, `accuracy` or `score`"""
    value: float
    """the number as it stands"""
    percent: bool | None
    """whether a percent sign followed"""
    cell: int | None
    """the cell, from 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookEvidence(Record):
    """The notebook as a whole."""

    nbformat: str | None
    """the version of the format that it was written in"""
    language: str | None
    """the notebook's own word for its language"""
    code_cells: int | None
    """code cells"""
    executed: int | None
    """code cells with an execution count"""
    in_order: bool | None
    """whether the execution counts rise from top to bottom"""
    errors: int | None
    """code cells with an error left in their outputs"""
    output_bytes: int | None
    """the size of all outputs as handed in"""
    cut: int | None
    """cells and outputs that were not kept whole"""
    page: str | None
    """the SHA-256 of the page's body, kept in `.pages` and written as `notebook.html` beside this file, where cell N has the anchor `#cell-N`; `null` where none was kept"""  # noqa: E501
    claims: tuple[Claim, ...]
    """the last MFLOPs, accuracy and score of Part 2 that code gives a name, and the last that it printed"""  # noqa: E501
    questions_found: int | None
    """how many of the lab's questions have a place for an answer"""
