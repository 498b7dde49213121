"""The cells of a lab's blank notebook, which is trusted and needs no sandbox."""

import json
from typing import Any, Literal

BlankKind = Literal["code", "markdown", "raw"]

_KEYS = ("cell_type", "source")


def blank_cells(content: bytes) -> tuple[tuple[BlankKind, str], ...]:
    """Return the kind and the source of each cell, in order.

    Raises `ValueError` if the content is not a notebook of nbformat 4.
    """
    try:
        notebook = json.loads(content)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"it is not JSON: {error}") from error
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise ValueError("it is not a notebook of nbformat 4: it has no list of cells")
    return tuple(_cell(number, each) for number, each in enumerate(cells, start=1))


def _cell(number: int, cell: Any) -> tuple[BlankKind, str]:
    kind, source = (cell.get(key) if isinstance(cell, dict) else None for key in _KEYS)
    lines = [source] if isinstance(source, str) else source
    if kind not in {"code", "markdown", "raw"} or not isinstance(lines, list):
        raise ValueError(f"its cell {number} has no cell_type or no source")
    return kind, "".join(str(each) for each in lines)
