"""The records of a notebook that was read: text cut to size, and HTML that is safe to show."""

from dataclasses import dataclass
from typing import Literal

CellKind = Literal["code", "markdown", "raw"]
OutputKind = Literal["stream", "display", "result", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One output of a cell.

    `text` is as a terminal shows it, `left_out` the characters missing in its middle. `html` is
    sanitised, None where only the text can be shown. `mimes` has each form of the output and its
    size in bytes, whether it is shown or not; `name` tells stdout from stderr.
    """

    kind: OutputKind
    name: str
    text: str
    left_out: int
    html: str | None
    mimes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell; `execution_count` is None where it was never run.

    In a Markdown cell's `source`, `image:0` and so on stand where an image's data was. `html` and
    `left_out` are as an output's; `outputs_left_out` counts the outputs not kept at all.
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
    """A notebook's cells, in the order they were handed in.

    `nbformat` is the version it was written in (`4.5`), `language` its own word for that;
    `output_bytes` is the size of all outputs as handed in.
    """

    nbformat: str
    language: str
    cells: tuple[Cell, ...]
    output_bytes: int

    @property
    def cut(self) -> int:
        """How many cells and outputs are not kept whole."""
        return sum(
            (cell.left_out > 0)
            + sum(output.left_out > 0 for output in cell.outputs)
            + cell.outputs_left_out
            for cell in self.cells
        )
