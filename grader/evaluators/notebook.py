"""What the notebook holds and shows; the points for its answers are another matter."""

from grader.errors import Skip
from grader.evaluators.opened import Opened
from grader.evaluators.subject import Finding
from grader.notebook.page import body, keep
from grader.notebook.read import read_notebook
from grader.types import Role


def measure_notebook(opened: Opened) -> Finding:
    """The number of its cells. Keeps its page in `opened.pages`, if anywhere.

    Raises `Skip` when none was handed in, `Fault` when it cannot be read, and `HarnessError`.
    """
    file = opened.submission.file(Role.NOTEBOOK)
    if file is None:
        raise Skip("There is no notebook to read.")
    notebook = read_notebook(file, opened.isolation)
    code = [cell for cell in notebook.cells if cell.kind == "code"]
    shown = body(notebook)
    return Finding(
        value=float(len(notebook.cells)),
        unit="cells",
        evidence={
            "nbformat": notebook.nbformat,
            "language": notebook.language,
            "code_cells": len(code),
            "executed": sum(cell.execution_count is not None for cell in code),
            "errors": sum(any(output.kind == "error" for output in cell.outputs) for cell in code),
            "output_bytes": notebook.output_bytes,
            "cut": notebook.cut,
            "page": keep(shown, opened.pages, opened.work) if opened.pages else None,
        },
    )
