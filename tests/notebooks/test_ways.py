"""The ways in which honest notebooks differ from the blank one: none costs a point."""

from pathlib import Path

import pytest

from tests.notebook.books import code
from tests.notebooks.answers import ZEROS, boxed, held
from tests.notebooks.filled import RIGHT, honest


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
