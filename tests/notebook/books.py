"""Notebooks as students hand them in, made cell by cell, and the way through the real child."""

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from grader.evaluators.hidden_draw import new_secret
from grader.evaluators.registry import UnpackedSubmission
from grader.labs.kinds import network_lab
from grader.notebook.notebook import Notebook
from grader.notebook.read import read_notebook
from grader.sandbox.start import best_isolation
from grader.types import Role, Submission, SubmittedFile

Raw = dict[str, Any]


def png(colour: str = "red") -> str:
    """A small picture, as base64."""
    buffer = io.BytesIO()
    Image.new("RGB", (48, 32), colour).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def jpeg() -> bytes:
    """A small photo."""
    buffer = io.BytesIO()
    Image.new("RGB", (48, 32), "red").save(buffer, "JPEG")
    return buffer.getvalue()


def markdown(source: str, **attachments: Mapping[str, str]) -> Raw:
    """A Markdown cell."""
    cell: Raw = {"cell_type": "markdown", "metadata": {}, "source": source}
    return {**cell, "attachments": attachments} if attachments else cell


def code(source: str, *outputs: Raw, count: int | None = 1) -> Raw:
    """A code cell, its source in lines as Jupyter writes it."""
    return {
        "cell_type": "code",
        "metadata": {},
        "execution_count": count,
        "source": source.splitlines(keepends=True),
        "outputs": list(outputs),
    }


def printed(text: str, name: str = "stdout") -> Raw:
    """Return an output with printed text."""
    return {"output_type": "stream", "name": name, "text": text}


def shown(data: Mapping[str, Any]) -> Raw:
    """Return a display output, by mime type."""
    return {"output_type": "display_data", "metadata": {}, "data": dict(data)}


def raised(error: str, value: str) -> Raw:
    """An error left in."""
    trace = ["\x1b[0;31m---------\x1b[0m", f"\x1b[0;31m{error}\x1b[0m: {value}"]
    return {"output_type": "error", "ename": error, "evalue": value, "traceback": trace}


def book(*cells: Raw, **metadata: Any) -> Raw:
    """A notebook of nbformat 4.4, as Colab saves it."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {"kernelspec": kernel, **metadata},
        "cells": list(cells),
    }


def encoded(raw: object) -> bytes:
    """The file's bytes."""
    return json.dumps(raw, ensure_ascii=False).encode("utf-8", "surrogatepass")


def handed_in(folder: Path, data: bytes) -> SubmittedFile:
    """A notebook of these bytes, below `folder`."""
    path = folder / "notebook"
    path.write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    name = "312551001.ipynb"
    return SubmittedFile(role=Role.NOTEBOOK, name=name, path=path, size=len(data), sha256=sha256)


def read(folder: Path, data: bytes) -> Notebook:
    """Return the notebook that the real child reads from these bytes."""
    return read_notebook(handed_in(folder, data), best_isolation())


def opened(folder: Path, data: bytes) -> UnpackedSubmission:
    """A hand-in of a notebook alone."""
    file = handed_in(folder, data)
    return UnpackedSubmission(
        submission=Submission(id="312551001", source=file.path, sha256="", files=(file,)),
        lab=network_lab(),
        isolation=best_isolation(),
        threads=1,
        work=folder,
        watch=lambda _step, _done, _of: None,
        secret=new_secret(),
        pages=folder / "pages",
    )


PRUNE = """\
def fine_grained_prune(tensor: torch.Tensor, sparsity: float) -> torch.Tensor:
    # magnitude-based pruning
    num_zeros = round(tensor.numel() * sparsity)
    importance = tensor.abs()
    threshold = importance.flatten().kthvalue(num_zeros).values
    mask = torch.gt(importance, threshold)
    tensor.mul_(mask)
    return mask
"""
PROGRESS = "".join(
    f"\r{done:3d}%|{'█' * (done // 10):10s}| {done}/100" for done in range(0, 101, 10)
)
TABLE = (
    "<table><thead><tr><th></th><th>layer</th></tr></thead><tr><td>0</td><td>conv</td></tr></table>"
)
TITLE = "# Lab 2: Prune MobileNet\n\nKeep $n = \\lfloor p \\cdot N \\rfloor$ of **all** weights."
ANSWER = "**Your Answer:** the first layer; see [the paper](https://arxiv.org/abs/1506.02626)."
WIDGET = "application/vnd.jupyter.widget-view+json"


def honest() -> Raw:
    """An English notebook with every kind of cell and output that the lab brings."""
    picture = shown({"image/png": png(), "text/plain": "<Figure size 640x480 with 1 Axes>"})
    table = shown({"text/html": TABLE, "text/plain": "   layer\n0  conv"})
    bar = shown({WIDGET: {"model_id": "5c"}, "text/plain": "HBox(children=(FloatProgress()))"})
    return book(
        markdown(TITLE),
        markdown("![a](attachment:curve.png)", **{"curve.png": {"image/png": png("blue")}}),
        code(PRUNE, count=3),
        code("test_fine_grained_prune()", printed("* Test passed.\n"), picture, count=4),
        code("train()", printed(PROGRESS, "stderr"), printed("accuracy=92.95%\n"), count=5),
        code("table", {**table, "output_type": "execute_result", "execution_count": 6}, count=6),
        code("bar", bar, count=7),
        code("1 / 0", raised("ZeroDivisionError", "division by zero"), count=8),
        markdown(ANSWER),
        code("# never run", count=None),
        {"cell_type": "raw", "metadata": {}, "source": "left <b>raw</b>"},
    )


def chinese() -> Raw:
    """A notebook whose answers are in Chinese."""
    return book(
        markdown("### 問題 1.1\n\n**Your Answer:** 剪枝後權重集中在零附近。"),
        code("print('測試通過')", printed("測試通過\n")),
    )
