"""Child: reads a notebook and answers with its cells, as text and as fragments of HTML.

`read_notebook NOTEBOOK SETTINGS`. The message is a safetensors file: its metadata holds the JSON
described by `grader.notebook.description`, `text` the UTF-8 bytes of every text in it, one after
another, and `images` those of every image. Nothing of the notebook is run.
"""

import gc
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy
from safetensors.numpy import save

from grader.sandbox.child.message import message_pipe, printable
from grader.sandbox.markup import TAGS_AT_MOST, tidied

CELLS_AT_MOST = 2_000  # the lab's notebook has a hundred
OUTPUTS_AT_MOST = 5_000
SOURCE_AT_MOST = 200_000  # characters of one cell
OUTPUT_AT_MOST = 64_000  # characters of one output
HTML_AT_MOST = 256 << 10  # characters of one fragment, its images apart
TEXT_AT_MOST = 4 << 20  # characters of all sources, of all outputs, of the HTML of each
MIMES_AT_MOST = 8  # of one output, in names of so many letters
MIME_AT_MOST = 60
MINOR_BELOW = 10**9  # nbformat takes any minor version, and the grader nine digits of it

_KINDS = {"display_data": "display", "execute_result": "result"}


class Unreadable(Exception):
    """The file is no notebook; `args[0]` says why, as the rest of a sentence."""


def main() -> None:
    """Answer for argv[1]; a notebook that is refused is an answer too."""
    gc.disable()  # it would look through millions of a hostile notebook's objects, over and over
    with message_pipe() as pipe:
        pipe.write(answer(Path(sys.argv[1]).read_bytes()))


def answer(data: bytes) -> bytes:
    """The message for a notebook of these bytes."""
    try:
        return _Description().of(_read(data))
    except Unreadable as error:
        refusal = printable(str(error), 500)
    except MemoryError:
        refusal = "needs more memory than the notebook of any lab"
    except RecursionError:
        refusal = "is nested deeper than any notebook"
    return save({}, metadata={"notebook": json.dumps({"unreadable": refusal})})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A notebook brought to nbformat 4, the version it was of, and its language's own name."""

    notebook: nbformat.NotebookNode
    version: tuple[int, int]
    language: str


def _read(data: bytes) -> _Read:
    try:
        content = json.loads(data.decode(json.detect_encoding(data)), object_pairs_hook=_each_once)
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8: byte {error.start:,} fits nothing") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"is not JSON: {error.msg} (line {error.lineno:,})") from error
    except ValueError as error:  # an integer of more digits than Python reads
        raise Unreadable("holds a number of more digits than any notebook needs") from error
    if not isinstance(content, dict):
        raise Unreadable(f"is JSON, but a {type(content).__name__} and no notebook")
    if "nbformat" not in content:
        raise Unreadable("is JSON, but no notebook: it names no nbformat")
    major, minor = content.get("nbformat"), content.get("nbformat_minor", 0)
    if not (
        type(major) is int and major in {3, 4} and type(minor) is int and 0 <= minor < MINOR_BELOW
    ):
        raise Unreadable(f"is of nbformat {_version(content)}; 3 and 4 can be read")
    language = _language(content.get("metadata"))
    notebook = _valid(content, major, minor)
    return _Read(notebook=notebook, version=(major, minor), language=language)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Readers differ in which of two values of one key they take: nobody writes such a file."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("gives a key of one object twice")
    return found


def _version(content: Mapping[str, Any]) -> str:
    parts = [content["nbformat"], content.get("nbformat_minor", 0)]
    return ".".join(repr(part)[:20] if isinstance(part, int | str) else "?" for part in parts)


def _valid(content: dict[str, Any], major: int, minor: int) -> nbformat.NotebookNode:
    _prepare(content)
    try:
        notebook = nbformat.versions[major].to_notebook_json(content, minor=minor)
        if major == 3:
            notebook = nbformat.convert(notebook, 4)
        nbformat.validate(notebook, relax_add_props=True)
    except nbformat.ValidationError as error:
        raise Unreadable(f"is no valid notebook: {_explained(error)}") from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # What nbformat's conversions raise for cells that are not what they should be.
        raise Unreadable(f"is no valid notebook ({type(error).__name__})") from error
    return notebook


def _prepare(content: dict[str, Any]) -> None:
    """Take out what nobody reads here, and add what Colab and VS Code leave out at times."""
    content["metadata"] = {}
    cells = content.get("cells")
    for cell in cells if isinstance(cells, list) else []:
        if isinstance(cell, dict):
            cell["metadata"] = {}
            if cell.get("cell_type") == "code":
                cell.setdefault("outputs", [])
                cell.setdefault("execution_count", None)


def _explained(error: nbformat.ValidationError) -> str:
    place = [*error.absolute_path, None, None]
    where = f"cell {place[1] + 1:,}" if place[0] == "cells" and type(place[1]) is int else "it"
    # Where several forms are allowed, the message is only the whole value over again.
    why = "" if error.validator in {"anyOf", "oneOf"} else f" ({error.message[:100]})"
    return f"{where} is not as nbformat wants it{why}"


class _Description:
    """Puts a notebook into words, cut to size."""

    def __init__(self) -> None:
        # Slow to import, and often not needed.
        from grader.sandbox.child.render_notebook import Fragments

        self._texts: list[bytes] = []
        # Each has its own, or outputs without end would leave nothing for the cells' sources.
        self._left = dict.fromkeys(("source", "output", "source html", "output html"), TEXT_AT_MOST)
        self._outputs_left = OUTPUTS_AT_MOST
        self._output_bytes = 0
        self._fragments = Fragments()

    def of(self, read: _Read) -> bytes:
        """The message."""
        cells = read.notebook.cells
        if len(cells) > CELLS_AT_MOST:
            raise Unreadable(f"has {len(cells):,} cells, and {CELLS_AT_MOST:,} are read")
        description = {
            "nbformat": ".".join(map(str, read.version)),
            "language": read.language,
            "cells": [self._cell(cell) for cell in cells],
            "images": [[image.mime, len(image.data)] for image in self._fragments.images],
            "output_bytes": self._output_bytes,
        }
        blobs = {
            "text": b"".join(self._texts),
            "images": b"".join(image.data for image in self._fragments.images),
        }
        tensors = {name: numpy.frombuffer(blob, numpy.uint8) for name, blob in blobs.items()}
        return save(tensors, metadata={"notebook": json.dumps(description)})

    def _cell(self, cell: nbformat.NotebookNode) -> dict[str, Any]:
        kind, count = cell.cell_type, cell.get("execution_count")
        source = self._fragments.without_images(cell.source) if kind == "markdown" else cell.source
        source, left_out = self._cut("source", source, SOURCE_AT_MOST)
        html = self._fragments.of_cell(kind, source, cell.get("attachments", {}))
        outputs = cell.get("outputs", [])
        shown = outputs[: self._outputs_left]
        self._outputs_left -= len(shown)
        return {
            "kind": kind,
            "execution_count": count if type(count) is int and 0 <= count < 1 << 31 else None,
            "source": self._kept(source),
            "left_out": left_out,
            "html": self._html("source html", html),
            "outputs": [self._output(output) for output in shown],
            "outputs_left_out": len(outputs) - len(shown),
        }

    def _output(self, output: nbformat.NotebookNode) -> dict[str, Any]:
        data = _data(output)
        sizes = [(_name(mime), _size(value)) for mime, value in data.items()]
        self._output_bytes += sum(size for _, size in sizes)
        text, left_out = self._cut("output", _as_shown(data.get("text/plain")), OUTPUT_AT_MOST)
        html = self._fragments.of_output({**data, "text/plain": text})
        return {
            "kind": _KINDS.get(output.output_type, output.output_type),
            "name": _name(str(output.get("name", ""))),
            "text": self._kept(text),
            "left_out": left_out,
            "html": self._html("output html", html),
            "mimes": sizes[:MIMES_AT_MOST],
        }

    def _cut(self, share: str, text: str, most: int) -> tuple[str, int]:
        """The text, or its two ends, and how many characters between them are left out."""
        text, left_out = ends(text, min(most, max(0, self._left[share])))
        self._left[share] -= len(text)
        return text, left_out

    def _html(self, share: str, fragment: str | None) -> int | None:
        most = min(HTML_AT_MOST, self._left[share])
        if fragment is None or len(fragment) > most or fragment.count("<") > TAGS_AT_MOST:
            return None
        tidy = tidied(_encoded(fragment).decode())
        if len(tidy) > most:
            return None
        self._left[share] -= len(tidy)
        return self._kept(tidy)

    def _kept(self, text: str) -> int:
        encoded = _encoded(text)
        self._texts.append(encoded)
        return len(encoded)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")  # JSON may hold lone surrogates


def ends(text: str, most: int) -> tuple[str, int]:
    """The text, or its first and last characters with a note between, and how many are left out.

    Both ends, because a training run prints what it came to last.
    """
    left_out = len(text) - most
    if left_out <= 0:
        return text, 0
    first, last = most - most // 2, most // 2
    note = f"\n[… {left_out:,} characters left out …]\n"
    return text[:first] + note + text[len(text) - last :], left_out


def _name(text: str) -> str:
    """A mime type or a stream's name, in letters that take one byte however often encoded."""
    return re.sub(r"[^A-Za-z0-9.+;=/ _-]", "?", text[:MIME_AT_MOST])


def _data(output: nbformat.NotebookNode) -> dict[str, Any]:
    """What an output holds, by mime type; streams and errors are text."""
    if output.output_type == "stream":
        return {"text/plain": output.text}
    if output.output_type == "error":
        lines = output.traceback or [f"{output.ename}: {output.evalue}"]
        return {"text/plain": "\n".join(lines)}
    return dict(output.data)


def _as_shown(text: object) -> str:
    """The text as a terminal shows it: a carriage return has the line written over."""
    if not isinstance(text, str):
        return ""
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))


def _size(value: object) -> int:
    text = value if isinstance(value, str) else json.dumps(value)
    return len(text.encode("utf-8", "backslashreplace"))


def _language(metadata: object) -> str:
    for key, name in (("kernelspec", "language"), ("language_info", "name")):
        table = metadata.get(key) if isinstance(metadata, dict) else None
        found = table.get(name) if isinstance(table, dict) else None
        if isinstance(found, str):
            return printable(found, 50)
    return ""


if __name__ == "__main__":
    main()
