"""What the child that reads notebooks answers; tests/notebook/test_read.py starts real ones."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from safetensors.numpy import load

from grader.sandbox.child import read_notebook
from grader.sandbox.child.read_notebook import CELLS_AT_MOST, answer, ends
from tests.notebook.books import book, code, encoded, markdown, png, printed, raised, shown


def description(message: bytes) -> dict[str, Any]:
    """What a message says."""
    length = int.from_bytes(message[:8], "little")
    found: dict[str, Any] = json.loads(
        json.loads(message[8 : 8 + length])["__metadata__"]["notebook"]
    )
    return found


def texts(message: bytes, lengths: list[int]) -> list[str]:
    """The first texts of a message, by their lengths in bytes."""
    blob, found = load(message)["text"].tobytes(), []
    for length in lengths:
        found.append(blob[:length].decode())
        blob = blob[length:]
    return found


def refusal(data: bytes) -> str:
    """Why these bytes are no notebook."""
    said = description(answer(data))
    assert said.keys() == {"unreadable"}
    reason: str = said["unreadable"]
    return reason


def test_a_notebook_is_its_cells_and_one_blob_of_text() -> None:
    """Lengths lead through the blob, in the order of the cells; an image is apart."""
    picture = shown({"image/png": png()})
    message = answer(encoded(book(markdown("# A"), code("x = 1", printed("學\n"), picture))))
    said = description(message)
    title, cell = said["cells"]
    assert (said["nbformat"], said["language"]) == ("4.4", "python")
    assert [title["kind"], cell["kind"]] == ["markdown", "code"]
    lengths = [title["source"], title["html"], cell["source"]]
    source, html, second = texts(message, lengths)
    assert (source, second) == ("# A", "x = 1")
    assert "<h1>A</h1>" in html
    assert said["images"] == [["image/png", len(load(message)["images"])]]
    stream, display = cell["outputs"]
    assert (stream["kind"], stream["name"], stream["text"]) == ("stream", "stdout", 4)
    assert display["mimes"] == [["image/png", len(png())]]
    assert said["output_bytes"] == 4 + len(png())


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "JSON"),
        (b"PK\x03\x04", "JSON"),
        (b'{"nbformat": 4,', "line 1"),
        (b'"' + b"\xff" * 200 + b'"', "UTF-8"),
        (b"[1]", "list"),
        (b"{}", "nbformat"),
        (b'{"nbformat": 9, "cells": []}', "9"),
        (b'{"nbformat": true, "cells": []}', "nbformat"),
        (b'{"nbformat": 4, "nbformat_minor": 4}', "cells"),
        (b'{"nbformat": 4, "nbformat": 4}', "twice"),
        (b'{"cells": 3}', "cells"),
        (b"[" * 100_000, "nested"),
        (b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": 3}', "cells"),
        (b'{"nbformat": 3, "worksheets": [5]}', "cells"),
        (encoded(book(*[code("x")] * (CELLS_AT_MOST + 1))), "2,001"),
    ],
    ids=range(15),
)
def test_what_is_no_notebook_is_told_in_a_line(data: bytes, word: str) -> None:
    """As the rest of a sentence, short and printable."""
    reason = refusal(data)
    assert word in reason
    assert reason.isprintable()
    assert len(reason) <= 500


def test_a_notebook_that_takes_all_memory_is_one_that_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The child's limit is the notebook's own fault."""

    def exhausted(_data: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr(read_notebook, "_read", exhausted)
    assert "memory" in refusal(b"{}")


@pytest.mark.parametrize(
    ("text", "most", "left_out"),
    [("", 0, 0), ("abcdef", 6, 0), ("abcdef", 5, 1), ("abcdef", 1, 5), ("abcdef", 0, 6)],
)
def test_both_ends_of_a_long_text_stay(text: str, most: int, left_out: int) -> None:
    """With a note of how much is missing between them."""
    cut, missing = ends(text, most)
    assert missing == left_out
    if left_out:
        first, _, last = cut.split("\n")
        assert len(first) + len(last) == most
        assert text.startswith(first)
        assert text.endswith(last)
    else:
        assert cut == text


def output_of(raw: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The text of a cell's only output, and what is said of it."""
    message = answer(encoded(book(code("x", dict(raw)))))
    (cell,) = description(message)["cells"]
    (output,) = cell["outputs"]
    lengths = [cell["source"], *([cell["html"]] if cell["html"] else []), output["text"]]
    # A cell's own HTML is kept before its outputs.
    return texts(message, lengths)[-1], output


def test_an_output_is_what_a_terminal_shows() -> None:
    """A line that was written over is gone; an error is its traceback."""
    text, _ = output_of(printed("  1%\r100%\r\ndone"))
    assert text == "100%\ndone"
    text, output = output_of(raised("ValueError", "odd"))
    assert output["kind"] == "error"
    assert "ValueError" in text


def test_names_have_letters_of_one_byte() -> None:
    """Of mime types and streams, however long the hand-in's."""
    _, output = output_of(shown({"text/學" + "x" * 90: "a"}))
    ((mime, size),) = output["mimes"]
    assert mime.startswith("text/?x")
    assert (len(mime), size) == (read_notebook.MIME_AT_MOST, 1)
