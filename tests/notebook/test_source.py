import ast

import pytest

from grader.notebook.notebook import Cell
from grader.notebook.source import alone, binds, bound, changes, parsed, plain
from tests.notebook.records import cell


def code(*sources: str) -> tuple[Cell, ...]:
    """Code cells."""
    return tuple(cell(source, "code") for source in sources)


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nx = 1",
        "!pip install torch\nx = 1",
        "files = !ls\nx = 1",
        "help?\nx = 1",
    ],
)
def test_commands_of_the_notebook_are_left_out(source: str) -> None:
    """What stands beside them is Python all the same."""
    assert binds(source, "x")
    assert parsed(source) is not None


def test_a_remainder_that_begins_a_line_is_no_command() -> None:
    """The cell is parsed as it is first."""
    tree = parsed("x = (7\n% 4)")
    assert tree is not None
    assert "7 % 4" in ast.unparse(tree)


@pytest.mark.parametrize("source", ["def f(:", "\0", "(" * 5_000, "x = 1 +"])
def test_what_is_no_python_has_no_tree(source: str) -> None:
    """However odd it is, nothing is raised, and it has a plain form."""
    assert parsed(source) is None
    assert plain(source) == " ".join(source.split())


def test_comments_and_spacing_do_not_count() -> None:
    """Two cells that say the same are equal."""
    assert plain("x=1 # one\n\n\ny = 2") == plain("x = 1\ny=2")
    assert plain("x = 1") != plain("x = 2")


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("def f(a): b = 1", {"f"}),
        ("class C: pass", {"C"}),
        ("import torch.nn as nn, os.path", {"nn", "os"}),
        ("from math import *", {"*math"}),
        ("from elsewhere import *", set()),
        ("a, (b, c) = 1, (2, 3)", {"a", "b", "c"}),
        ("a: int = 1", {"a"}),
        ("a += 1", {"a"}),
        ("print(a)", set()),
    ],
)
def test_the_names_that_a_statement_gives_a_value(statement: str, names: set[str]) -> None:
    """Those at the top of a cell."""
    assert bound(ast.parse(statement).body[0]) == names


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("d['a'] = 1", True),
        ("del d['a']", True),
        ("d.update(a=1)", True),
        ("d |= {'a': 1}", True),
        ("for k in d:\n    d[k] = 1", True),
        ("print(d['a'])", False),
        ("other['a'] = d['a']", False),
        ("d.keys()", False),
        ("def f(:", False),
    ],
)
def test_a_cell_that_changes_a_dict(source: str, changed: bool) -> None:
    """Anywhere in it; reading it is no change."""
    assert changes(source, "d") is changed


def test_a_function_stands_alone_with_what_it_needs() -> None:
    """Imports, helpers and values from any cell; nothing of what the cells do otherwise."""
    own = "def prune(t):\n    return helper(t) * FACTOR\ntrain()"
    cells = code(
        "import torch", "FACTOR = 2\nload()", "def helper(t):\n    return torch.abs(t)", own
    )
    made = alone("prune", own, cells)
    assert made is not None
    for needed in ("import torch", "FACTOR = 2", "def helper", "def prune"):
        assert needed in made
    assert "load()" not in made
    assert "train()" not in made


def test_what_is_no_python_stands_not_alone() -> None:
    """There is no code to run."""
    assert alone("f", "def f(:", ()) is None
