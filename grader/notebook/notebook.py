"""The records of a notebook: text of limited length, and HTML that is safe to show."""

from dataclasses import dataclass
from typing import Literal

CellKind = Literal["code", "markdown", "raw"]
OutputKind = Literal["stream", "display", "result", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One output of a cell.

    `text` is as a terminal shows it; `left_out` counts the characters removed from its middle.
    `html` is sanitised, None if only the text can be shown. `mimes` has each form of the output and
    its size in bytes, also forms that are not shown; `name` is `stdout` or `stderr` for a stream.
    """

    kind: OutputKind
    name: str
    text: str
    left_out: int
    html: str | None
    mimes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell; `execution_count` is None if it was never run.

    In a Markdown cell's `source`, `image:0` and so on replace an image's data. `html` and
    `left_out` are as in `Output`; `outputs_left_out` counts the outputs that are not kept.
    """

    kind: CellKind
    execution_count: int | None
    source: str
    left_out: int
    html: str | None
    outputs: tuple[Output, ...]
    outputs_left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A notebook's cells, in their order in the file.

    `nbformat` is its version (`4.5`), `language` the language that its metadata names;
    `output_bytes` is the size of all outputs as handed in.
    """

    nbformat: str
    language: str
    cells: tuple[Cell, ...]
    output_bytes: int

    @property
    def cut(self) -> int:
        """The number of cells and outputs that are not kept whole."""
        return sum(
            (cell.left_out > 0)
            + sum(output.left_out > 0 for output in cell.outputs)
            + cell.outputs_left_out
            for cell in self.cells
        )
