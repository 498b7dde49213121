"""Another lab's notebook is recognised by what it holds; the lab's own never is one."""

import json

import pytest

from grader.labs.kinds import network_lab
from grader.notebook.another_lab import another_lab
from grader.notebook.blank import blank_of
from grader.notebook.checks.sparsity_dict import weights
from grader.notebook.locate import locate
from grader.notebook.notebook import Cell, Notebook
from tests.notebook.records import cell, notebook
from tests.notebooks.filled import Book, honest

LAB = network_lab()
NUMBERS = ("1.1", "1.2", "2", "3", "4.1", "4.2", "4.3", "5")
OURS = f"sparsity_dict = {dict.fromkeys(weights(LAB.network), 0.8)}"
VGG = tuple(f"backbone.conv{number}.weight" for number in range(8))
THEIRS = f"sparsity_dict = {dict.fromkeys(VGG, 0.5)}"
PRUNE = "def fine_grained_prune(tensor, sparsity):\n    return tensor"


def doubt(made: Notebook) -> str | None:
    """Why a notebook seems to be another lab's."""
    return another_lab(made, LAB, locate(made, LAB, blank_of(LAB)))


def numbered(code: str, *more: str, parts: bool = True) -> Notebook:
    """A notebook with this lab's numbers, its dict, and more headings."""
    cells: list[Cell] = [cell("# Part 1")] if parts else []
    for number in NUMBERS:
        cells += [cell(f"### Question {number} (5 pts)"), cell(f"**Your Answer:** {number}")]
        cells += [cell(PRUNE, "code")] if number == "2" else []
        cells += [cell("target_sparsity = 0.6", "code")] if number == "3" else []
    return notebook(*cells, cell(code, "code"), *map(cell, more))


@pytest.mark.parametrize(
    "made",
    [
        numbered(THEIRS),
        numbered(THEIRS, "# Part 2", "### Describe your approach"),
        numbered("\n".join(f"sparsity_dict['{name}'] = 0.5" for name in VGG)),
        numbered(f"for x in y:\n    {THEIRS}"),
        numbered("", "### Question 6 (10 pts)", "### Question 7.1 (5 pts)"),
        numbered("", "## Question 8 (5 pts)", parts=False),
        numbered("sparsity_dict = {}", "### 問題 6", "### 問題 7"),
    ],
    ids=range(7),
)
def test_foreign_layers_or_questions_are_another_labs(made: Notebook) -> None:
    """However many numbers agree, and although the functions have the right names."""
    assert "another lab" in (doubt(made) or "")


@pytest.mark.parametrize(
    "made",
    [
        numbered(OURS),
        numbered(OURS, "### Question 6: a question of mine", "### Question 7", parts=False),
        numbered(OURS.replace("features.0.0.weight", "feature.0.0.weight")),
        numbered("sparsity_dict = {name: 0.8 for name in names}"),
        numbered(f"{OURS}\nother = {dict.fromkeys(VGG, 0.5)}"),
        numbered("", "### Question 6: a question of mine"),
        numbered("", "**Your Answer:**\n### Question 6 and Question 7\n### Question 8"),
        notebook(cell("### Question 5"), cell(OURS, "code")),
    ],
    ids=range(8),
)
def test_the_labs_own_is_none(made: Notebook) -> None:
    """A slip in one key, a heading of the student's, a part that was deleted."""
    assert doubt(made) is None


@pytest.mark.parametrize("book", [Book(), honest()], ids=["blank", "honest"])
def test_the_labs_blank_is_none(book: Book) -> None:
    """With answers and without."""
    cells = json.loads(book.bytes())["cells"]
    made = notebook(*(cell("".join(each["source"]), each["cell_type"]) for each in cells))
    assert doubt(made) is None


def test_a_notebook_with_few_of_the_questions_is_doubted() -> None:
    """It may be a part of the lab's: the line says how many were found."""
    few = notebook(cell("#### Question 4.1"), cell("**Your Answer:** It falls."))
    assert "Only 1 of the 9" in (doubt(few) or "")
    assert "None of the 9" in (doubt(notebook(cell("# Lab 3: Quantization"))) or "")
    assert doubt(notebook()) is None


@pytest.mark.parametrize(
    "code",
    [
        f"sparsity_dict = OrderedDict({dict.fromkeys(VGG, 0.5)})",
        f"for name in {VGG}:\n    sparsity_dict[name] = 0.5",
        f"sparsity_dict = {{}}\nsparsity_dict.update({dict.fromkeys(VGG, 0.5)})",
        f"sparsity_dict = {dict.fromkeys([f'features.{n}.weight' for n in range(0, 9, 2)], 0.5)}",
    ],
)
def test_foreign_layers_count_in_any_form(code: str) -> None:
    """However the dict is made; also torchvision's VGG, whose names resemble this network's."""
    assert "another lab" in (doubt(numbered(code)) or "")


@pytest.mark.parametrize("form", ["module.{}.weight", "model.{}.weight", "{}"])
def test_another_spelling_of_the_names_is_this_labs(form: str) -> None:
    """With a prefix, or without `.weight`: the check of the dict decides."""
    names = [form.format(name.removesuffix(".weight")) for name in weights(LAB.network)]
    assert doubt(numbered(f"sparsity_dict = {dict.fromkeys(names, 0.8)}")) is None
    by_part = "".join(
        f"    if '{part}' in name:\n        sparsity_dict[name] = 0.9\n"
        for part in ("conv.0.0", "conv.1.0", "conv.2", "classifier.1")
    )
    assert doubt(numbered(f"for name in names:\n{by_part}")) is None
