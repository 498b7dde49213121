"""The ways in which honest notebooks differ from the blank one: none costs a point."""

from pathlib import Path

import pytest

from grader.errors import Skip
from grader.evaluators.questions import measure_question
from grader.notebook.locate import Located
from grader.sandbox import Isolation, best_isolation, bubblewrap_fault
from tests.notebook.books import code, markdown, opened
from tests.notebooks.filled import ANSWER, RIGHT, SPARSITY, TEXTS, Book, honest

ZEROS = "round(num_elements * sparsity)"

boxed = pytest.mark.skipif(
    best_isolation() is not Isolation.BUBBLEWRAP, reason=f"no bubblewrap: {bubblewrap_fault()}"
)


def located(folder: Path, book: Book, id: str) -> Located:
    """Where the notebook answers one question."""
    return next(each for each in opened(folder, book.bytes()).located if each.question.id == id)


def held(folder: Path, book: Book, id: str) -> float | None:
    """How many properties of an answer hold, all of them; None where a person has to judge."""
    hand_in = opened(folder, book.bytes())
    question = next(each for each in hand_in.lab.questions if each.id == id)
    try:
        return measure_question(hand_in, question).value
    except Skip:
        return None


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


@boxed
@pytest.mark.parametrize(
    ("anywhere", "body"),
    [
        ("tensor = torch.load('model.pth')", RIGHT),
        ("mask = pruner.masks['features.0.0.weight']", RIGHT),
        ("%matplotlib inline\nx = !ls\nfine_grained_prune?", RIGHT),
        ("from math import *", RIGHT.replace(ZEROS, f"trunc(fabs({ZEROS}))")),
        ("", RIGHT.replace(ZEROS, f"({ZEROS}\n% 10**9)")),
    ],
    ids=["same name", "same local", "commands", "star import", "a line with %"],
)
def test_what_other_cells_do_costs_no_points(tmp_path: Path, anywhere: str, body: str) -> None:
    """Parameters and variables of the function are its own; commands are left out."""
    book = honest().prune(body)
    book.insert(book.at("def fine_grained_prune"), code(anywhere))
    assert held(tmp_path, book, "2") == 7


@boxed
@pytest.mark.parametrize(
    ("before", "body"),
    [
        ("import a_package_of_the_student", "    a_package_of_the_student.f()\n" + RIGHT),
        ("", "    tensor = tensor.to('cuda')\n" + RIGHT),
        ("SCALE = torch.load('scale.pt')", RIGHT + "    mask = mask * SCALE\n"),
    ],
    ids=["package", "cuda", "file"],
)
def test_what_this_machine_lacks_is_for_a_person(tmp_path: Path, before: str, body: str) -> None:
    """A GPU, a package, a file of the student's: no zero for what only runs there."""
    book = honest().prune(body)
    book.insert(book.at("def fine_grained_prune"), code(before))
    assert held(tmp_path, book, "2") is None


@pytest.mark.parametrize(
    "line",
    [
        "Sparse model has accuracy=92.95% after fine-tuning",
        "accuracy=92.95",
        "accuracy = 0.9295",
        "Test Acc: 92.95%",
        "Sparse accuracy=92.95%\nDense model has accuracy=96.3%",
        "epoch 5: train accuracy=99.1%, test accuracy: 92.95%".replace("train accuracy", "loss"),
    ],
)
def test_the_accuracy_of_question_5_is_read_in_many_forms(tmp_path: Path, line: str) -> None:
    """In percent or as a fraction, and never another network's."""
    assert held(tmp_path, honest().prints("finetune(model", line), "5") == 3
    low = line.replace("92.95", "91.95").replace("0.9295", "0.9195")
    hand_in = opened(tmp_path, honest().prints("finetune(model", low).bytes())
    question = next(each for each in hand_in.lab.questions if each.id == "5")
    with pytest.raises(Exception, match=r"an accuracy of 91\.95%, not above"):
        measure_question(hand_in, question)


@pytest.mark.parametrize(
    "change",
    [
        "for name in sparsity_dict:\n    sparsity_dict[name] = 0.77",
        "sparsity_dict.update({'features.0.0.weight': 0.5})",
        "del sparsity_dict['features.0.0.weight']",
    ],
)
@pytest.mark.parametrize("filled", [True, False])
def test_a_dict_that_a_later_cell_changes_is_for_a_person(
    tmp_path: Path, change: str, filled: bool
) -> None:
    """Of what is written only running it tells, be the dict as given or filled in."""
    book = honest() if filled else Book()
    book.insert(book.at("sparsity_dict = {") + 1, code(change))
    assert located(tmp_path, book, "5").state == "answered"
    assert held(tmp_path, book, "5") is None


def test_numbers_that_do_not_agree_are_for_a_person(tmp_path: Path) -> None:
    """The dict is too large, and what was printed says that it was another when it was run."""
    lines = (
        line.replace(str(SPARSITY), "0.5")
        for line in honest().source(honest().at("sparsity_dict = {")).splitlines()[1:-1]
    )
    assert held(tmp_path, honest().sparsity(*lines), "5") is None


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
