"""The located answers and held properties of a notebook that a student filled in."""

from pathlib import Path

import pytest

from grader.errors import Skip
from grader.evaluators.questions import measure_question
from grader.notebook.locate import Located
from grader.sandbox.start import Isolation, best_isolation, bubblewrap_fault
from tests.notebook.books import opened
from tests.notebooks.filled import Book

ZEROS = "round(num_elements * sparsity)"
boxed = pytest.mark.skipif(
    best_isolation() is not Isolation.BUBBLEWRAP, reason=f"no bubblewrap: {bubblewrap_fault()}"
)


def located(folder: Path, book: Book, id: str) -> Located:
    """Return the located answer of one question."""
    return next(each for each in opened(folder, book.bytes()).located if each.question.id == id)


def held(folder: Path, book: Book, id: str) -> float | None:
    """Return the number of properties that hold; None if a person has to judge."""
    hand_in = opened(folder, book.bytes())
    question = next(each for each in hand_in.lab.questions if each.id == id)
    try:
        return measure_question(hand_in, question).value
    except Skip:
        return None
