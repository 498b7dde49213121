"""Hostile notebooks whose bytes are dull enough to be made by code."""

import json
from collections.abc import Callable

from grader.types import Status
from tests.hostile.case import Case
from tests.notebook.books import Raw, book, code, encoded, honest, markdown, printed, shown

QUOTES = tuple(str(number) + '"' * 99 for number in range(9))  # four bytes each, told twice
OURS = b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": []}'


def replaced(old: bytes, new: bytes) -> Callable[[], bytes]:
    """An empty notebook, one piece of its JSON replaced."""
    assert OURS.count(old) == 1
    return lambda: OURS.replace(old, new)


def of(*cells: Raw, **metadata: object) -> Callable[[], bytes]:
    """A notebook of these cells."""
    return lambda: encoded(book(*cells, **metadata))


def refused(name: str, make: Callable[[], bytes], says: str) -> Case:
    """A file that is no notebook, and why."""
    return Case(name=name, make=make, check="notebook", says=says)


def inert(name: str, make: Callable[[], bytes]) -> Case:
    """A notebook that is read, and whose page must not do anything."""
    return Case(name=name, make=make, check="notebook", says="", status=Status.PASSED)


def nested(depth: int) -> bytes:
    """Arrays within arrays."""
    return b"[" * depth + b"]" * depth


def version(text: str) -> Callable[[], bytes]:
    """A notebook that says it is of this nbformat."""
    return replaced(b'"nbformat": 4', b'"nbformat": ' + text.encode())


def multiplied(count: int) -> str:
    """Tags that HTML opens again in each of as many paragraphs: the square of them."""
    return "<p>" + "".join(f"<b x={number}>" for number in range(count)) + "</p><p>x" * count


def multiplied_alike(count: int) -> str:
    """The same without what tells them apart, of which HTML opens three of each name again."""
    return "<p>" + "<b><i><s><u><code><em>" * count + "</p><p>x" * count


UNREADABLE = (
    inert("count_negative", of(code("x", count=-1))),
    inert("attachment_number", of(markdown("a", a=5))),  # type: ignore[arg-type]  # none
    inert("output_unknown", of(code("x", {"output_type": "odd"}))),
    inert("source_number", of({"cell_type": "code", "source": 5})),
    inert("cell_unknown", of({"cell_type": "magic", "source": ""})),
    inert("cell_number", of(5)),  # type: ignore[arg-type]  # no cell
    inert("invalid_utf8", replaced(b"{}", b'{"x": "\xff"}')),
    inert("huge_number", replaced(b"{}", b'{"x": ' + b"9" * 6_000 + b"}")),
    inert("minor_negative", replaced(b'minor": 4', b'minor": -1')),
    inert("minor_infinite", replaced(b'minor": 4', b'minor": 1e999')),
    inert("nbformat_text", version('"4"')),
    refused("not_json", lambda: b"PK\x03\x04 a zip", "is not JSON"),
    refused("truncated", lambda: encoded(honest())[:-200], "is not JSON"),
    refused("python_literal", lambda: repr(honest()).encode(), "is not JSON"),
    refused("array", lambda: b"[1, 2]", "list"),
    refused("another_json", lambda: b'{"name": "netron"}', "nbformat"),
    refused("nbformat_0", version("0"), "nbformat 0"),
    refused("nbformat_99", version("99"), "nbformat 99"),
    refused("nbformat_true", version("true"), "nbformat True"),
    refused("nbformat_nested", version("[[4]]"), "nbformat ?"),
    refused("nested_100000", lambda: nested(100_000), "nested"),
    refused("duplicate_keys", replaced(b'"nbformat": 4', b'"nbformat": 4, "nbformat": 3'), "twice"),
    refused("cells_object", replaced(b"[]", b"{}"), "no list of cells"),
    refused("big5", replaced(b"{}", b'{"x": "' + b"\xa4" * 200 + b'"}'), "is not UTF-8"),
    refused(
        "v3_of_nothing",
        lambda: b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [5]}',
        "no list of cells",
    ),
    refused(
        "multiplied_beyond_memory",
        of(code("x", shown({"text/html": multiplied(6_600)}))),
        "stopped: the reader",
    ),
    refused("many_cells", of(*[markdown("x")] * 2_001), "2,001 cells"),
)  # fmt: skip

READABLE = (
    inert("lone_surrogate", lambda: encoded(book(markdown("X"))).replace(b'"X"', b'"\\ud800"')),
    inert("nul", of(markdown("a\0b"), code("a\0b", printed("\0")))),
    inert("count_huge", of(code("x", count=10**400))),
    inert("minor_of_tomorrow", replaced(b'minor": 4', b'minor": 99999')),
    inert("utf16", lambda: json.dumps(book(markdown("x"))).encode("utf-16")),
    inert("byte_order_mark", lambda: b"\xef\xbb\xbf" + encoded(book(markdown("x")))),
    inert("nested_metadata", replaced(b"{}", b'{"x": ' + nested(900) + b"}")),
    inert("odd_kernel", of(markdown("```\0\nx\n```"), language_info={"pygments_lexer": ["a"]})),
    inert("image_that_is_none", of(code("x", shown({"image/png": "<script>alert(1)</script>"})))),
    inert("image_of_another_kind", of(code("x", shown({"image/png": "PHNjcmlwdD4="})))),
    inert("slow_markdown", of(markdown("[a](" * 20_000))),
    inert("deep_markup", of(code("x", shown({"text/html": "<div>" * 50_000})))),
    inert(
        "many_attributes",
        of(
            code(
                "x", shown({"text/html": "<a " + " ".join(f"a{n}=1" for n in range(25_000)) + ">"})
            )
        ),
    ),
    *(
        inert(
            f"multiplied_{kind}_{count}", of(code("x", *[shown({"text/html": markup(count)})] * 4))
        )
        for kind, markup in (("tags", multiplied), ("alike", multiplied_alike))
        for count in (40, 1_000)
    ),
    inert("many_images", of(markdown("![](data:image/png;base64,iVBORw0KGgo=) " * 150_000))),
    inert("many_types", of(code("x", *[shown(dict.fromkeys(QUOTES, ""))] * 5_000))),
    inert("colours", of(code("x", printed("\x1b[31m\x1b[999999999m\x1b[38;5;x" * 5_000)))),
)

CASES = (*UNREADABLE, *READABLE)
