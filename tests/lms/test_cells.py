"""A sheet is changed cell by cell; every other byte stays the same."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.lms.cells import number, parse, render, text

CELL = st.text(st.sampled_from('ab",;\t\n =é學'), max_size=6)
ROWS = st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=5)


def written(rows: list[list[str]], delimiter: str, end: str, mark: str) -> bytes:
    """The rows as Python's csv writes them."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=end).writerows(rows)
    return (mark + buffer.getvalue()).encode()


@given(ROWS, st.sampled_from(["\r\n", "\n"]), st.sampled_from(["", "\ufeff"]))
def test_a_sheet_reads_and_writes_back_the_same(rows: list[list[str]], end: str, mark: str) -> None:
    """Byte order marks, quotes and line ends are kept, and the cells have their values."""
    header = ["one", "two", "three"]
    raw = written([header, *rows], ",", end, mark)
    sheet = parse(raw)
    assert render(sheet) == raw
    assert [list(line.texts) for line in sheet.lines] == [header, *rows]


@given(st.text(st.sampled_from('a",;\r\n'), max_size=20))
def test_what_is_not_quite_csv_stays_the_same_too(body: str) -> None:
    """Every sheet that can be parsed is rendered to the same bytes."""
    try:
        sheet = parse(body.encode())
    except GraderError:
        assert '"' in body
        return
    assert render(sheet) == body.encode()


@given(ROWS, st.data())
def test_only_the_cell_that_is_filled_changes(rows: list[list[str]], data: st.DataObject) -> None:
    """Every other cell keeps its bytes, and the new one has the value."""
    sheet = parse(written([["one", "two"], *rows], ",", "\r\n", ""))
    line = data.draw(st.integers(1, len(sheet.lines) - 1))
    column = data.draw(st.integers(0, len(sheet.lines[line].cells) - 1))
    value = data.draw(CELL)
    changed = parse(render(sheet.filled(line, column, value)))
    for at, (old, new) in enumerate(zip(sheet.lines, changed.lines, strict=True)):
        assert old.end == new.end
        for index, (before, after) in enumerate(zip(old.cells, new.cells, strict=True)):
            if (at, index) == (line, column):
                assert text(after) == value
            else:
                assert before == after


@pytest.mark.parametrize(("raw", "why"), [(b'a,"b\n', "quotation mark"), (b"\xa4\xa4", "UTF-8")])
def test_what_is_no_sheet(raw: bytes, why: str) -> None:
    """The message names the fault or the encoding."""
    with pytest.raises(GraderError, match=why):
        parse(raw)


@pytest.mark.parametrize(
    ("cell", "value"), [("85.00", 85.0), ("85,5", 85.5), ("-1", -1.0), ("", None), ("1e9", None)]
)
def test_numbers_have_a_point_or_a_comma(cell: str, value: float | None) -> None:
    """A number has a decimal point or comma; exponents are not read."""
    assert number(cell) == value
