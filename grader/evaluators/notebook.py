"""Describes the notebook and makes its page; `questions.py` checks its answers."""

from grader.evaluators.unpacked import UnpackedSubmission
from grader.evidence.notebook import NotebookEvidence
from grader.notebook.claims import claims
from grader.notebook.locate import in_order
from grader.notebook.page import body, keep
from grader.types import Finding


def measure_notebook(unpacked: UnpackedSubmission) -> Finding:
    """The number of its cells. Writes its page into `unpacked.pages`, unless that is None.

    Raises `Skip` if no notebook was handed in, `Fault` if it cannot be read, and `HarnessError`.
    """
    notebook = unpacked.notebook
    code = [cell for cell in notebook.cells if cell.kind == "code"]
    shown = body(notebook)
    return Finding(
        value=float(len(notebook.cells)),
        unit="cells",
        evidence=NotebookEvidence(
            nbformat=notebook.nbformat,
            language=notebook.language,
            code_cells=len(code),
            executed=sum(cell.execution_count is not None for cell in code),
            in_order=in_order(notebook),
            errors=sum(any(output.kind == "error" for output in cell.outputs) for cell in code),
            output_bytes=notebook.output_bytes,
            cut=notebook.cut,
            page=keep(shown, unpacked.pages) if unpacked.pages else None,
            claims=claims(notebook, unpacked.lab),
            questions_found=sum(each.found for each in unpacked.located),
        ).json(),
        review=unpacked.another_lab,
    )
