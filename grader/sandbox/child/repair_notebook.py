"""Reads the cells of a notebook's JSON, and repairs or drops each broken part alone.

A broken output costs that output, never its cell or the notebook. Nothing of the notebook is run.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

UNREADABLE_CELL = "[The grader could not read this cell.]"
COUNT_BELOW = 1 << 31

_KINDS = {
    "stream": "stream",
    "display_data": "display",
    "update_display_data": "display",
    "execute_result": "result",
    "pyout": "result",  # this and the next one: nbformat 3
    "pyerr": "error",
    "error": "error",
}
_NBFORMAT_3 = {
    "text": "text/plain",
    "html": "text/html",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "latex": "text/latex",
}
_DEEPEST_HEADING = 6


class RepeatedKey(dict[str, Any]):
    """A JSON object that has the same key twice: readers differ in its value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawOutput:
    """An output's kind, the name of its stream, and its content by mime type."""

    kind: str
    name: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCell:
    """A cell as handed in, without what is broken.

    `count` is None if the cell was not run, or if its count is no number; `broken` is the number
    of outputs that were dropped. `attachments` are texts by file name and mime type.
    """

    kind: str
    count: int | None
    source: str
    attachments: Mapping[str, Mapping[str, str]]
    outputs: tuple[RawOutput, ...]
    broken: int


def cells_of(content: Mapping[str, Any]) -> tuple[RawCell, ...] | None:
    """Return the cells of a notebook of nbformat 3 or 4; None if it has no list of cells."""
    cells = content.get("cells")
    if not isinstance(cells, list):
        sheets = content.get("worksheets")
        if not isinstance(sheets, list) or not all(isinstance(each, dict) for each in sheets):
            return None
        lists = [each.get("cells") for each in sheets]
        cells = [cell for each in lists if isinstance(each, list) for cell in each]
    return tuple(_cell(each) for each in cells)


def _cell(cell: Any) -> RawCell:
    if not isinstance(cell, dict) or isinstance(cell, RepeatedKey):
        # A cell in its place, so that the cells below keep their numbers.
        return _of("raw", UNREADABLE_CELL)
    kind, source = cell.get("cell_type"), _text(cell.get("source", cell.get("input")))
    if kind == "heading":  # nbformat 3
        level = cell.get("level")
        depth = level if type(level) is int and 1 <= level <= _DEEPEST_HEADING else 1
        return _of("markdown", f"{'#' * depth} {source}")
    if kind != "code" and not (kind is None and "outputs" in cell):
        found = "markdown" if kind is None or kind == "markdown" else "raw"
        return _of(found, source, _attachments(cell.get("attachments")))
    count = cell.get("execution_count", cell.get("prompt_number"))
    outputs = cell.get("outputs")
    listed = outputs if isinstance(outputs, list) else [outputs] if outputs else []
    kept = [each for each in map(_output, listed) if each is not None]
    return RawCell(
        kind="code",
        count=count if type(count) is int and 0 <= count < COUNT_BELOW else None,
        source=source,
        attachments={},
        outputs=tuple(kept),
        broken=len(listed) - len(kept),
    )


def _of(
    kind: str, source: str, attachments: Mapping[str, Mapping[str, str]] | None = None
) -> RawCell:
    return RawCell(
        kind=kind, count=None, source=source, attachments=attachments or {}, outputs=(), broken=0
    )


def _output(output: Any) -> RawOutput | None:
    """Return the output; None if nothing of it can be read."""
    if not isinstance(output, dict) or isinstance(output, RepeatedKey):
        return None
    kind = _KINDS.get(str(output.get("output_type")), _guessed(output))
    if kind is None:
        return None
    name, data = output.get("name", output.get("stream")), _data(output, kind)
    if data is None:
        return None
    streamed = name if isinstance(name, str) else "stdout"
    return RawOutput(kind=kind, name=streamed if kind == "stream" else "", data=data)


def _guessed(output: Mapping[str, Any]) -> str | None:
    """Return the kind of an output whose type is missing or unknown, by its keys."""
    for key, kind in (
        ("traceback", "error"),
        ("ename", "error"),
        ("data", "display"),
        ("text", "stream"),
    ):
        if output.get(key):
            return kind
    return None


def _data(output: Mapping[str, Any], kind: str) -> Mapping[str, Any] | None:
    """Return the content by mime type, None if it cannot be read; streams and errors are text."""
    data = output.get("data")
    if isinstance(data, RepeatedKey):
        return None
    if kind == "error":
        lines = output.get("traceback")
        trace = "\n".join(_texts(lines)) if isinstance(lines, list) else _text(lines)
        named = f"{_text(output.get('ename')) or 'Error'}: {_text(output.get('evalue'))}"
        return {"text/plain": trace or named}
    if kind == "stream":
        text = output.get("text", data.get("text/plain") if isinstance(data, dict) else data)
        return {"text/plain": _text(text)}
    if not isinstance(data, dict):
        data = {mime: output[key] for key, mime in _NBFORMAT_3.items() if output.get(key)}
    return {mime: _joined(value) for mime, value in data.items()}


def _joined(value: Any) -> Any:
    """Return a text that may be a list of lines; any other JSON as it is."""
    lines = isinstance(value, list) and value and all(isinstance(each, str) for each in value)
    return "".join(value) if lines else value


def _attachments(attachments: Any) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(attachments, dict):
        return {}
    return {
        name: {mime: _text(data) for mime, data in files.items()}
        for name, files in attachments.items()
        if isinstance(files, dict)
    }


def _text(value: Any) -> str:
    """Return a text or a list of its lines as one text; what is no text is left out."""
    return value if isinstance(value, str) else "".join(_texts(value))


def _texts(value: Any) -> Iterable[str]:
    return (each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
