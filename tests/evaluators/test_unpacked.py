from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import Skip
from grader.evaluators import unpacked
from grader.sandbox.start import Isolation
from grader.types import SubmittedFile
from tests.notebook.books import book, encoded, markdown, opened
from tests.notebook.records import cell, notebook


def test_a_notebook_is_read_once_and_its_answers_found_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading it starts a child, and every question asks for it."""
    reads: list[str] = []

    def read(file: SubmittedFile, isolation: Isolation) -> object:
        reads.append(f"{file.name} {isolation.name}")
        return notebook(cell("# Question 1.1"), cell("**Your Answer:** near zero"))

    monkeypatch.setattr(unpacked, "read_notebook", read)
    hand_in = opened(tmp_path, encoded(book(markdown("x"))))
    assert hand_in.notebook is hand_in.notebook
    assert len(hand_in.located) == len(hand_in.lab.questions)
    assert hand_in.located is hand_in.located
    assert len(reads) == 1


def test_without_a_notebook_nothing_is_located(tmp_path: Path) -> None:
    """It is skipped, which leaves every question open."""
    hand_in = opened(tmp_path, b"")
    bare = replace(hand_in, submission=replace(hand_in.submission, files=()))
    with pytest.raises(Skip, match="notebook"):
        _ = bare.located
