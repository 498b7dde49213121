import json

import pytest

from grader.labs.kinds import network_lab
from grader.notebook.blank import Blank, blank_of, read_blank, words

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
    [
        (PROMPT, True),
        (f"### *{PROMPT.upper().rstrip('.')}* !", True),
        ("in your own  words", True),
        ("<b>Explain</b> in your words why pruning of the first layer hurts the most", True),
        ("mine", False),
        ("the most", False),
        ("  ", False),
        ("(5 pts)", True),
        ("Its first layer hurts the most", False),
    ],
)
def test_a_line_is_the_labs_by_its_words(line: str, known: bool) -> None:
    """Case, marks, spaces and a few words do not count; an empty line is nobody's."""
    assert read_blank(BOOK).has_line(line) is known


def test_the_words_of_a_question_in_the_lab_file_are_the_labs() -> None:
    """A student's template may not be the blank; a statement in these words is the student's."""
    blank = blank_of(network_lab())
    assert blank.has_line("What's the relationship of the pruning sparsity and model accuracy?")
    assert blank.has_line("Which layer is most sensitive to the pruning sparsity?")
    assert not blank.has_line("Layer 1 is the most sensitive to the pruning sparsity.")
    assert not blank.has_line("All the layers do have the same sensitivity")


def test_what_is_not_the_labs_in_a_text_stays() -> None:
    """Line by line; an answer may follow the prompt in its line."""
    blank = read_blank(BOOK)
    assert blank.own_part(f"{PROMPT}\nMine.\n\n**Your Answer:**") == "Mine."
    assert blank.own_part(f"{PROMPT} It has few channels. So it goes.") == (
        "It has few channels. So it goes."
    )


def test_without_a_blank_notebook_everything_is_the_students() -> None:
    """A lab need not have one."""
    blank = read_blank(None)
    assert blank == Blank()
    assert not blank.has_text(PROMPT)
    assert not blank.has_code("x = 1")


def test_words_have_one_form() -> None:
    """Full-width letters are letters, and each Chinese character is a word."""
    assert words("\uff21  **b**\n\t`c` fine_tuned 第二層。") == (
        "a",
        "b",
        "c",
        "fine",
        "tuned",
        *"第二層",
    )
