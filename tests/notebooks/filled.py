"""The lab's notebook as students fill it in, made of the blank one."""

import copy
import json
import re

from grader.labs import LAB_FOLDER
from grader.labs.kinds import network_lab
from grader.notebook.checks.sparsity_dict import weights
from tests.notebook.books import Raw, encoded, printed

BLANK: Raw = json.loads((LAB_FOLDER / "prune-mobilenet.ipynb").read_text(encoding="utf-8"))
ANSWER = "**Your Answer:**"
START, END = "YOUR CODE STARTS HERE", "YOUR CODE ENDS HERE"
RIGHT = """\
    num_zeros = round(num_elements * sparsity)
    importance = torch.abs(tensor)
    threshold = torch.kthvalue(importance.flatten(), num_zeros).values
    mask = importance > threshold
"""
TEXTS = {
    "1.1": "Most weights are near zero.",
    "1.2": "What is near zero can go.",
    "4.1": "It falls, slowly at first.",
    "4.2": "No.",
    "4.3": "features.0.0.weight, the first.",
    "approach": "Group norm, in five rounds.",
}
SPARSITY = 0.77
EPOCHS = "    Epoch 5 Accuracy 92.95% / Best Accuracy: 92.95%\n\n"  # as the fine-tuning prints them


class Book:
    """A notebook to be changed cell by cell; `cells` are raw nbformat."""

    def __init__(self) -> None:
        self.raw = copy.deepcopy(BLANK)

    @property
    def cells(self) -> list[Raw]:
        """All cells, in order."""
        cells: list[Raw] = self.raw["cells"]
        return cells

    def at(self, text: str) -> int:
        """The first cell in which `text` stands."""
        return next(n for n, cell in enumerate(self.cells) if text in "".join(cell["source"]))

    def answer_cell(self, question: str) -> int:
        """The cell for the answer below a question's heading."""
        heading = "Describe your approach" if question == "approach" else f"Question {question} "
        return self.at(heading) + 1

    def source(self, number: int) -> str:
        """A cell's source as one text."""
        return "".join(self.cells[number]["source"])

    def write(self, number: int, source: str) -> "Book":
        """Put `source` in the place of a cell's."""
        self.cells[number]["source"] = source
        return self

    def text(self, question: str, answer: str) -> "Book":
        """Answer a question of text."""
        return self.write(self.answer_cell(question), f"{ANSWER} {answer}")

    def prune(self, body: str) -> "Book":
        """Fill in Question 2: `body` between the two lines of #."""
        number = self.at("def fine_grained_prune")
        lines = self.source(number).splitlines()
        start = next(n for n, line in enumerate(lines) if START in line)
        end = next(n for n, line in enumerate(lines) if END in line)
        return self.write(number, "\n".join([*lines[: start + 1], body, *lines[end:]]))

    def target(self, value: str) -> "Book":
        """Fill in Question 3."""
        number = self.at("target_sparsity = ")
        line = re.compile(r"^target_sparsity = .*$", re.MULTILINE)
        return self.write(
            number, line.sub(lambda _: f"target_sparsity = {value}", self.source(number))
        )

    def sparsity(self, *lines: str) -> "Book":
        """Fill in Question 5."""
        body = "\n".join(lines) or "\n".join(
            f"    '{each}': {SPARSITY}," for each in weights(network_lab().network)
        )
        return self.write(self.at("sparsity_dict = {"), f"sparsity_dict = {{\n{body}\n}}")

    def prints(self, cell: str, text: str, count: int = 1) -> "Book":
        """Let the cell that has the text `cell` have printed `text`."""
        found = self.cells[self.at(cell)]
        found["outputs"], found["execution_count"] = [printed(text)], count
        return self

    def insert(self, before: int, cell: Raw) -> "Book":
        """Add a cell."""
        self.cells.insert(before, {"id": f"added-{len(self.cells)}", **cell})
        return self

    def bytes(self) -> bytes:
        """The file."""
        return encoded(self.raw)


def honest() -> Book:
    """All answered, and everything right."""
    book = Book().prune(RIGHT).target("1 - 10 / 25").sparsity()
    for question, answer in TEXTS.items():
        book.text(question, answer)
    book.prints(
        "pruner = FineGrained", "Sparse model has size=2.06 MiB = 24.17% of dense model size\n"
    )
    book.prints("dense model has accuracy", "dense model has accuracy=96.30%\n")
    return book.prints(
        "finetune(model", f"{EPOCHS}Sparse model has accuracy=92.95% after fine-tuning\n"
    )
