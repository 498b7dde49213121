"""Notebooks as they are once read, made without a file."""

from grader.notebook.notebook import Cell, CellKind, Notebook


def cell(source: str, kind: CellKind = "markdown") -> Cell:
    """A whole cell without outputs."""
    return Cell(
        kind=kind,
        execution_count=None,
        source=source,
        left_out=0,
        html=None,
        outputs=(),
        outputs_left_out=0,
    )


def notebook(*cells: Cell) -> Notebook:
    """A notebook of Python."""
    return Notebook(nbformat="4.5", language="python", cells=cells, output_bytes=0)
