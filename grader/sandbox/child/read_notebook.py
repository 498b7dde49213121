"""Child: reads a notebook and sends its cells, as text and as fragments of HTML.

`read_notebook NOTEBOOK SETTINGS`. The message is a safetensors file: its metadata holds the JSON
described by `grader.notebook.description`, `text` the UTF-8 bytes of all texts, one after another,
and `images` the bytes of all images. No code of the notebook is run.
"""

import gc
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from safetensors.numpy import save

from grader.sandbox.child.message import message_pipe, printable
from grader.sandbox.child.repair_notebook import RawCell, RawOutput, RepeatedKey, cells_of
from grader.sandbox.markup import TAGS_AT_MOST, tidied

CELLS_AT_MOST = 2_000  # the lab's notebook has a hundred
OUTPUTS_AT_MOST = 5_000
SOURCE_AT_MOST = 200_000  # characters of one cell
OUTPUT_AT_MOST = 64_000  # characters of one output
HTML_AT_MOST = 256 << 10  # characters of one fragment, without its images
TEXT_AT_MOST = 4 << 20  # characters of all sources, of all outputs, of the HTML of each
MIMES_AT_MOST = 8  # of one output
MIME_AT_MOST = 60  # characters of one mime type
MINOR_BELOW = 10**9  # the message has at most nine digits
DIGITS_AT_MOST = 4_000  # of one whole number: Python reads no longer one
INVALID_AT_MOST = 100  # bytes that are not UTF-8; more are a file in another encoding
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class Unreadable(Exception):
    """The file is not a notebook; `args[0]` says why, as a predicate."""


def main() -> None:
    """Send the message for argv[1]; a refusal is a message too."""
    gc.disable()  # it would visit millions of a hostile notebook's objects again and again
    with message_pipe() as pipe:
        pipe.write(answer(Path(sys.argv[1]).read_bytes()))


def answer(data: bytes) -> bytes:
    """Return the message for a notebook of these bytes."""
    try:
        return _Description().of(_read(data))
    except Unreadable as error:
        refusal = printable(str(error), 500)
    except MemoryError:
        refusal = "needs more memory than a notebook may use"
    except RecursionError:
        refusal = "is nested too deeply"
    return save({}, metadata={"notebook": json.dumps({"unreadable": refusal})})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A notebook's cells, the version of its format, and its language's name."""

    cells: tuple[RawCell, ...]
    version: str
    language: str


def _read(data: bytes) -> _Read:
    content = _parsed(_decoded(data))
    if not isinstance(content, dict):
        raise Unreadable(f"is JSON, but not a notebook: it is a {type(content).__name__}")
    if isinstance(content, RepeatedKey):
        raise Unreadable("has the same key twice in its outermost object")
    cells, version = cells_of(content), _version(content)
    if cells is None:
        raise Unreadable("is JSON, but not a notebook: it has no list of cells")
    if len(cells) > CELLS_AT_MOST:
        raise Unreadable(f"has {len(cells):,} cells; the limit is {CELLS_AT_MOST:,}")
    return _Read(cells=cells, version=version, language=_language(content.get("metadata")))


def _decoded(data: bytes) -> str:
    """Return the text. A few invalid bytes are replaced: they cost their characters only."""
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, "replace")
        if text.count(REPLACEMENT) > INVALID_AT_MOST:
            raise Unreadable(f"is not UTF-8: byte {error.start:,} is invalid") from error
        return text


def _parsed(text: str) -> Any:
    try:
        reader = json.JSONDecoder(strict=False, object_pairs_hook=_object, parse_int=_whole)
        return reader.decode(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"is not JSON: {error.msg} (line {error.lineno:,})") from error


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= DIGITS_AT_MOST else None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return RepeatedKey(found) if len(found) < len(pairs) else found


def _version(content: Mapping[str, Any]) -> str:
    """Return the version of the format. Raises `Unreadable` for another one than 3 and 4."""
    major, minor = (_number(content.get(key)) for key in ("nbformat", "nbformat_minor"))
    if "nbformat" not in content and ("cells" in content or "worksheets" in content):
        major = 4 if "cells" in content else 3
    if major is None and "nbformat" not in content:
        raise Unreadable("is JSON, but not a notebook: it has no nbformat")
    if major not in {3, 4}:
        shown = content["nbformat"]
        named = repr(shown)[:20] if isinstance(shown, int | str) else "?"
        raise Unreadable(f"has nbformat {named}; only 3 and 4 can be read")
    return f"{major}.{minor if minor is not None and 0 <= minor < MINOR_BELOW else 0}"


def _number(value: Any) -> int | None:
    """Return a whole number, however it was written: 4, 4.0 or "4"; None if it is none."""
    if type(value) is str and value.isdecimal() and len(value) <= DIGITS_AT_MOST:
        return int(value)
    if type(value) is float and value.is_integer():
        return int(value)
    return value if type(value) is int else None


class _Description:
    """Describes a notebook in a message of limited size."""

    def __init__(self) -> None:
        # Slow to import, and often not needed.
        from grader.sandbox.child.render_notebook import Fragments

        self._texts: list[bytes] = []
        # Each has its own limit, or endless outputs would leave nothing for the cells' sources.
        self._left = dict.fromkeys(("source", "output", "source html", "output html"), TEXT_AT_MOST)
        self._outputs_left = OUTPUTS_AT_MOST
        self._output_bytes = 0
        self._fragments = Fragments()

    def of(self, read: _Read) -> bytes:
        """Return the message."""
        description = {
            "nbformat": read.version,
            "language": read.language,
            "cells": [self._cell(cell) for cell in read.cells],
            "images": [[image.mime, len(image.data)] for image in self._fragments.images],
            "output_bytes": self._output_bytes,
        }
        blobs = {
            "text": b"".join(self._texts),
            "images": b"".join(image.data for image in self._fragments.images),
        }
        tensors = {name: numpy.frombuffer(blob, numpy.uint8) for name, blob in blobs.items()}
        return save(tensors, metadata={"notebook": json.dumps(description)})

    def _cell(self, cell: RawCell) -> dict[str, Any]:
        source = cell.source
        if cell.kind == "markdown":
            source = self._fragments.without_images(source)
        source, left_out = self._cut("source", source, SOURCE_AT_MOST)
        html = self._fragments.of_cell(cell.kind, source, cell.attachments)
        shown = cell.outputs[: self._outputs_left]
        self._outputs_left -= len(shown)
        return {
            "kind": cell.kind,
            "execution_count": cell.count,
            "source": self._kept(source),
            "left_out": left_out,
            "html": self._html("source html", html),
            "outputs": [self._output(output) for output in shown],
            "outputs_left_out": len(cell.outputs) - len(shown) + cell.broken,
        }

    def _output(self, output: RawOutput) -> dict[str, Any]:
        sizes = [(_name(mime), _size(value)) for mime, value in output.data.items()]
        self._output_bytes += sum(size for _, size in sizes)
        shown = _as_shown(output.data.get("text/plain"))
        text, left_out = self._cut("output", shown, OUTPUT_AT_MOST)
        html = self._fragments.of_output({**output.data, "text/plain": text})
        return {
            "kind": output.kind,
            "name": _name(output.name),
            "text": self._kept(text),
            "left_out": left_out,
            "html": self._html("output html", html),
            "mimes": sizes[:MIMES_AT_MOST],
        }

    def _cut(self, share: str, text: str, most: int) -> tuple[str, int]:
        """Return the text, or its start and end, and how many characters are left out between."""
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
    """Return the text, or its start and end with a note between, and how many are left out.

    The end is kept because a training run prints its result last.
    """
    left_out = len(text) - most
    if left_out <= 0:
        return text, 0
    first, last = most - most // 2, most // 2
    note = f"\n[… {left_out:,} characters left out …]\n"
    return text[:first] + note + text[len(text) - last :], left_out


def _name(text: str) -> str:
    """Return a mime type or a stream's name, in characters that JSON never escapes."""
    return re.sub(r"[^A-Za-z0-9.+;=/ _-]", "?", text[:MIME_AT_MOST])


def _as_shown(text: object) -> str:
    """Return the text as a terminal shows it: after a carriage return the line is overwritten."""
    if not isinstance(text, str):
        return ""
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))


def _size(value: object) -> int:
    try:
        text = value if isinstance(value, str) else json.dumps(value)
    except RecursionError:
        text = ""
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
