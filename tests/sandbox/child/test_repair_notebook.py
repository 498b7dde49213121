"""Broken notebooks: each fault costs the broken part, and nothing beside it."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox.child.read_notebook import answer
from grader.sandbox.child.repair_notebook import RawCell, RepeatedKey, cells_of
from tests.notebook.books import Raw, book, code, encoded, markdown, printed, raised, shown
from tests.sandbox.child.test_read_notebook import description

STREAM, ERROR, FIGURE = (
    printed("before\n"),
    raised("ValueError", "odd"),
    shown({"text/plain": "<F>"}),
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)


def cells(*raw: Any) -> tuple[RawCell, ...]:
    """The cells of a notebook of this JSON."""
    found = cells_of({"cells": list(raw)})
    assert found is not None
    return found


def text_of(output: Raw) -> str | None:
    """The text of one output beside a good one; None if it was dropped."""
    (cell,) = cells(code("x = 1", output, STREAM))
    assert cell.source == "x = 1"
    assert cell.outputs[-1].data == {"text/plain": "before\n"}
    assert len(cell.outputs) + cell.broken == 2
    return cell.outputs[0].data.get("text/plain") if len(cell.outputs) == 2 else None


def without(output: Raw, key: str) -> Raw:
    """The output without one key."""
    return {name: value for name, value in output.items() if name != key}


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (without(STREAM, "name"), "before\n"),
        ({**STREAM, "name": None}, "before\n"),
        ({**STREAM, "text": ["a\n", "b"]}, "a\nb"),
        (without(STREAM, "text"), ""),
        ({**STREAM, "text": None}, ""),
        ({**STREAM, "text": ["a", 5, None]}, "a"),
        (without(STREAM, "output_type"), "before\n"),
        (without(FIGURE, "metadata"), "<F>"),
        ({**FIGURE, "metadata": None}, "<F>"),
        ({**FIGURE, "output_type": "execute_result"}, "<F>"),  # no execution_count
        ({**FIGURE, "output_type": "update_display_data"}, "<F>"),
        ({**FIGURE, "data": {"text/plain": ["<", "F>"]}}, "<F>"),
        (without(ERROR, "traceback"), "ValueError: odd"),
        ({**ERROR, "traceback": None}, "ValueError: odd"),
        ({**ERROR, "traceback": "one text"}, "one text"),
        ({**ERROR, "traceback": [None, "a"]}, "a"),
        ({"output_type": "error"}, "Error: "),
        ({"output_type": "pyout", "text": ["2"], "prompt_number": 1}, "2"),
    ],
)
def test_an_incomplete_output_is_read(output: Raw, text: str) -> None:
    """A missing key, a null, a list instead of a text, another version's name."""
    assert text_of(output) == text


@pytest.mark.parametrize(
    "output",
    [5, None, "text", [], {}, {"output_type": "odd"}, RepeatedKey(STREAM)],
)
def test_an_output_of_no_known_form_is_dropped_and_counted(output: Any) -> None:
    """The outputs beside it stay."""
    assert text_of(output) is None


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({"outputs": None}, 1),
        ({"outputs": 5}, 1),
        ({"execution_count": "*"}, None),
        ({"execution_count": 1.5}, None),
        ({"execution_count": -1}, None),
        ({"id": "not a cell id!"}, 1),
        ({"id": None}, 1),
        ({"metadata": None}, 1),
        ({"attachments": 5}, 1),
        ({"cell_type": None}, 1),
        ({"source": ["x ", "= 1"]}, 1),
        ({"anything": {"more": 1}}, 1),
    ],
)
def test_an_odd_cell_is_read(change: Raw, count: int | None) -> None:
    """Its source and its neighbours are as they were."""
    odd, good = cells({**code("x = 1"), **change}, markdown("# A"))
    assert (odd.kind, odd.source, odd.count) == ("code", "x = 1", count)
    assert (good.kind, good.source) == ("markdown", "# A")


@pytest.mark.parametrize("cell", [5, None, "text", RepeatedKey(markdown("x"))])
def test_a_cell_of_no_known_form_keeps_its_place(cell: Any) -> None:
    """The numbers of the cells below do not change."""
    odd, good = cells(cell, markdown("# A"))
    assert (odd.kind, good.source) == ("raw", "# A")
    assert odd.source


@pytest.mark.parametrize(
    "change",
    [
        {"nbformat_minor": None},
        {"nbformat_minor": "4"},
        {"nbformat_minor": 1.5},
        {"nbformat": "4"},
        {"nbformat": 4.0},
        {"metadata": None},
        {"metadata": 5},
    ],
)
def test_a_notebook_with_an_odd_header_is_read(change: Raw) -> None:
    """The version is 4.0 where the minor one is unknown."""
    said = description(answer(encoded({**book(markdown("# A")), **change})))
    assert [each["kind"] for each in said["cells"]] == ["markdown"]
    assert said["nbformat"] in {"4.0", "4.4"}


@pytest.mark.parametrize("key", ["nbformat", "nbformat_minor", "metadata"])
def test_a_notebook_without_a_header_is_read(key: str) -> None:
    """Its cells say what it is."""
    said = description(answer(encoded(without(book(markdown("# A")), key))))
    assert [each["kind"] for each in said["cells"]] == ["markdown"]


def test_bytes_that_are_no_text_cost_their_characters() -> None:
    """A terminal printed them; a line break within a text and a long number are read too."""
    data = encoded(book(code("x", printed("a\0b")), markdown("# A")))
    data = data.replace(b"a\\u0000b", b"a\xff\nb").replace(
        b'"nbformat_minor": 4', b'"nbformat_minor": ' + b"9" * 9_000
    )
    said = description(answer(data))
    assert [each["kind"] for each in said["cells"]] == ["code", "markdown"]
    assert said["nbformat"] == "4.0"


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all values in the JSON."""
    keys = (
        value.keys()
        if isinstance(value, dict)
        else range(len(value))
        if isinstance(value, list)
        else ()
    )
    return [here, *(path for key in keys for path in paths(value[key], (*here, key)))]


WHOLE = book(
    code("x = 1", STREAM, ERROR, FIGURE),
    markdown("# A", **{"a.png": {"image/png": "AAAA"}}),
    code("y"),
)
OUTPUTS = [each for each in paths(WHOLE) if "outputs" in each and len(each) > 3]


@given(st.sampled_from(OUTPUTS), ANY_JSON, st.booleans())
def test_whatever_is_in_one_output_the_others_and_all_cells_stay(
    path: tuple[Any, ...], value: Any, removed: bool
) -> None:
    """Any JSON in the place of any part of an output, or nothing."""
    raw = copy.deepcopy(WHOLE)
    parent: Any = raw
    for key in path[:-1]:
        parent = parent[key]
    if removed:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    said = description(answer(json.dumps(raw).encode()))
    assert [each["kind"] for each in said["cells"]] == ["code", "markdown", "code"]
    assert len(said["cells"][0]["outputs"]) >= 2


@given(st.sampled_from([each for each in paths(WHOLE) if each]), ANY_JSON)
def test_any_notebook_is_described_or_refused(path: tuple[Any, ...], value: Any) -> None:
    """Nothing raises, whatever is in the place of any part."""
    raw = copy.deepcopy(WHOLE)
    parent: Any = raw
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    assert description(answer(json.dumps(raw).encode()))
