from pathlib import Path

import pytest

from tests.notebook.books import code, markdown
from tests.notebooks.answers import located
from tests.notebooks.filled import ANSWER, TEXTS, Book, honest


def below(book: Book, id: str, *answer: str) -> Book:
    """The place for an answer, its cell written anew."""
    return book.write(book.answer_cell(id), "\n".join(answer))


@pytest.mark.parametrize(
    "lines",
    [
        (f"{ANSWER}", "### In short", "Near zero."),
        (f"{ANSWER}", "# Step 1", "Near zero."),
        (f"{ANSWER}", "<h1>First</h1>", "Near zero."),
        (f"{ANSWER}", "**As in Question 2, they are:**", "Near zero."),
        ("### Answer: Near zero.",),
        ("**Q1.1: Near zero.**",),
        ("Near zero.", "", ANSWER),
        ("**Your Answer**", "Near zero."),
    ],
)
def test_a_texts_own_headings_and_bold_lines_are_part_of_it(
    tmp_path: Path, lines: tuple[str, ...]
) -> None:
    """However a student sets the answer out, it is found, and nothing of it is lost."""
    found = located(tmp_path, below(honest(), "1.1", *lines), "1.1")
    assert found.state == "answered"
    assert "Near zero." in found.text


def test_an_answer_in_the_prompts_cell_or_in_code_is_found(tmp_path: Path) -> None:
    """Below the question's own words, or as a comment in a cell of code."""
    book = honest()
    at = book.answer_cell("1.1")
    book.write(at - 1, book.source(at - 1) + "\n\nNear zero.").write(at, ANSWER)
    found = located(tmp_path, book, "1.1")
    assert (found.state, found.text) == ("answered", "Near zero.")
    commented = honest()
    at = commented.answer_cell("4.2")
    commented.write(at, ANSWER).insert(at + 1, code("# no: the first layer"))
    assert located(tmp_path, commented, "4.2").state == "answered"


def test_the_labs_own_words_are_no_answer(tmp_path: Path) -> None:
    """Blank stays blank, with other questions answered around it."""
    book = honest().write(honest().answer_cell("1.1"), ANSWER)
    assert located(tmp_path, book, "1.1").state == "empty"
    assert located(tmp_path, book, "1.2").text == TEXTS["1.2"]


def test_two_questions_in_one_cell_are_told_apart(tmp_path: Path) -> None:
    """A student merged the cells: each answer ends at the next question's heading."""
    book = honest()
    at = book.answer_cell("1.1")
    merged = "\n\n".join(book.source(number) for number in range(at - 1, at + 3))
    book.write(at - 1, merged)
    del book.cells[at : at + 3]
    assert located(tmp_path, book, "1.1").text == TEXTS["1.1"]
    assert located(tmp_path, book, "1.2").text == TEXTS["1.2"]


def test_of_a_filled_cell_and_the_blank_one_the_filled_counts(tmp_path: Path) -> None:
    """The template may stay where it was, below the student's own cell or above it."""
    blank, book = Book(), honest()
    at = book.at("def fine_grained_prune")
    book.insert(at + 1, code(blank.source(blank.at("def fine_grained_prune"))))
    book.insert(at + 5, code(blank.source(blank.at("target_sparsity = "))))
    assert located(tmp_path, book, "2").state == "answered"
    assert located(tmp_path, book, "3").state == "answered"


@pytest.mark.parametrize(
    "source",
    ["\n" * 200_000 + "x", "# Question 2\n" * 12_000, "#" + " " * 190_000, "**" * 95_000],
    ids=["lines", "headings", "spaces", "stars"],
)
def test_hostile_markdown_takes_no_time(tmp_path: Path, source: str) -> None:
    """It is looked through once: a search that goes back and forth would never end here."""
    book = honest()
    book.insert(book.answer_cell("1.1"), markdown(source))
    book.insert(0, code("\n" * 150_000 + "%"))
    assert located(tmp_path, book, "5").state == "answered"
