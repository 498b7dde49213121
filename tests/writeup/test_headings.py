from grader.writeup.headings import headings
from grader.writeup.lines import sides
from grader.writeup.matcher import Matcher
from tests.writeup.pages import page
from tests.writeup.the_tables import PRUNING

HEAD = [(50.0, "Iteration"), (120.0, "Sparsity"), (200.0, "Accuracy"), (270.0, "Latency")]


def test_the_title_above_is_no_part_of_a_heading() -> None:
    """The heading begins with the line that names the columns."""
    (side,) = sides(page({88.0: [(50.0, "Without rewinding")], 100.0: HEAD}))
    (found,) = headings(side, Matcher(PRUNING), 0.75)
    assert (found.first, found.last, found.known) == (1, 1, 4)


def test_too_few_columns_are_no_heading() -> None:
    """Nor many of them without the key column."""
    for cells in (HEAD[:2], HEAD[1:]):
        (side,) = sides(page({100.0: cells}))
        assert list(headings(side, Matcher(PRUNING), 0.75)) == []


def test_tables_side_by_side_have_a_heading_each() -> None:
    """They share the place between them."""
    (side,) = sides(page({100.0: [*HEAD, *((x + 280, text) for x, text in HEAD)]}))
    left, right = headings(side, Matcher(PRUNING), 0.75)
    assert left.known == right.known == 4
    assert left.right == right.left
    assert left.beside
