from grader.writeup.document import Box
from grader.writeup.grid import grid_rows
from grader.writeup.headings import headings
from grader.writeup.lines import phrases, sides
from grader.writeup.matcher import Matcher
from tests.writeup.pages import page
from tests.writeup.the_tables import PRUNING


def read(rules: list[Box]) -> list[dict[int, str]]:
    """The rows of a table whose key is broken over two lines."""
    lines = {
        100.0: [(50.0, "Iteration"), (120.0, "Sparsity"), (200.0, "Accuracy")],
        120.0: [(50.0, "1"), (120.0, "33")],
        126.0: [(200.0, "0.97")],
        132.0: [(50.0, "0"), (120.0, ".5%")],
        150.0: [(50.0, "11"), (120.0, "55%"), (200.0, "0.96")],
        400.0: [(50.0, "12"), (120.0, "is a number"), (300.0, "in another text")],
    }
    (side,) = sides(page(lines, rules=rules))
    (heading,) = headings(side, Matcher(PRUNING), 0.75)
    parts = [phrases(line, 0.75) for line in side.lines]
    return [
        {number: " ".join(part.text for part in cell) for number, cell in row.phrases.items()}
        for row in grid_rows(side, heading, parts, 1, len(parts))
    ]


def test_all_between_two_lines_is_a_row() -> None:
    """Wherever it stands there; the text far below is none."""
    rules = [Box(x0=40, top=y, x1=260, bottom=y + 1) for y in (98, 115, 145, 165)]
    assert read(rules) == [{0: "1 0", 1: "33 .5%", 2: "0.97"}, {0: "11", 1: "55%", 2: "0.96"}]


def test_without_lines_between_the_rows_there_are_none() -> None:
    """A line above the rows and one below do not separate them."""
    assert read([Box(x0=40, top=y, x1=260, bottom=y + 1) for y in (115, 165)]) == []
