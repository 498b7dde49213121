"""What the notebook holds and shows; the points for its answers are another matter."""

from grader.evaluators.unpacked import UnpackedSubmission
from grader.evidence.notebook import NotebookEvidence
from grader.notebook.claims import claims
from grader.notebook.locate import in_order
from grader.notebook.page import body, keep
from grader.types import Finding


def measure_notebook(opened: UnpackedSubmission) -> Finding:
    """The number of its cells. Keeps its page in `opened.pages`, if anywhere.

    Raises `Skip` when none was handed in, `Fault` when it cannot be read, and `HarnessError`.
    """
    notebook = opened.notebook
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
            page=keep(shown, opened.pages) if opened.pages else None,
            claims=claims(notebook),
            questions_found=sum(each.found for each in opened.located),
        ).json(),
        review=_another_labs(opened),
    )


def _another_labs(opened: UnpackedSubmission) -> str | None:
    """Numbers of questions are the same in every lab; what the code has to be called is not."""
    if not (opened.located and opened.notebook.cells):
        return None
    found = [each.question for each in opened.located if each.found]
    if len(found) * 2 >= len(opened.located) or any(each.settings.name for each in found):
        return None
    few = f"only {len(found)}" if found else "none"
    return f"{few} of the {len(opened.located)} questions of {opened.lab.title} can be found in it"
