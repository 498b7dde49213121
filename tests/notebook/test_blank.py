import json

import pytest

from grader.notebook.blank import Blank, read_blank, spaced

PROMPT = "Explain in your own words why pruning the first layer hurts the most of all layers."
BOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "source": [f"{PROMPT}\n", "**Your Answer:**"]},
            {"cell_type": "code", "source": ["x = 1  # to do"]},
        ]
    }
).encode()


def test_the_labs_own_cells_are_known() -> None:
    """Nearly as they were counts for text; comments and spacing do not for code."""
    blank = read_blank(BOOK)
    assert blank.has_text(f"{PROMPT} **Your Answer:**")
    assert blank.has_text(f"{PROMPT.replace('hurts', 'hurt')}\n\n**Your  Answer:**")
    assert not blank.has_text(f"{PROMPT} **Your Answer:** Because its channels are few.")
    assert blank.has_code("x=1")
    assert not blank.has_code("x = 2")


@pytest.mark.parametrize(
    ("line", "known"),
    [(PROMPT, True), ("in your own  words", True), ("mine", False), ("  ", False)],
)
def test_a_part_of_a_line_is_the_labs(line: str, known: bool) -> None:
    """An empty line is nobody's."""
    assert read_blank(BOOK).has_line(line) is known


def test_without_a_blank_notebook_everything_is_the_students() -> None:
    """A lab need not have one."""
    blank = read_blank(None)
    assert blank == Blank()
    assert not blank.has_text(PROMPT)
    assert not blank.has_code("x = 1")


def test_spaces_and_forms_of_letters_do_not_count() -> None:
    """Full-width letters are letters."""
    assert spaced("\uff21  b\n\tc ") == "A b c"
