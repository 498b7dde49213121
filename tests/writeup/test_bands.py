from grader.writeup.bands import bands_of
from grader.writeup.lines import Phrase, phrases, sides
from grader.writeup.matcher import Head
from tests.writeup.pages import page

HEADS = [Head(text=text, x0=x, x1=x + 30) for text, x in (("A", 50), ("B", 120), ("C", 200))]


def row(*cells: tuple[float, str]) -> tuple[Phrase, ...]:
    """The phrases of a line."""
    (side,) = sides(page({100.0: cells}))
    return phrases(side.lines[0], 0.75)


def read(*lines: tuple[Phrase, ...]) -> list[dict[int, str]]:
    """The texts of lines by the number of their head."""
    bands = bands_of(HEADS, lines)
    return [
        {
            number: " ".join(each.text for each in parts)
            for number, parts in bands.assigned(line).items()
        }
        for line in lines
    ]


def test_a_phrase_belongs_to_the_head_of_its_column() -> None:
    """An index on the left has no head."""
    assert read(row((10, "0"), (50, "1"), (120, "2"), (200, "3"))) == [{0: "1", 1: "2", 2: "3"}]


def test_a_phrase_below_two_heads_belongs_to_none() -> None:
    """Nor do its neighbours lose their own."""
    assert read(row((50, "1"), (130, "a very long text below two"))) == [{0: "1"}]


def test_shifted_columns_are_read_by_their_order() -> None:
    """With tabs: each line has a cell for each head, at other places."""
    lines = [row((50, "1"), (90, "2"), (130, "3")), row((50, "4"), (90, "5"), (130, "6"))]
    assert read(*lines) == [{0: "1", 1: "2", 2: "3"}, {0: "4", 1: "5", 2: "6"}]


def test_a_part_of_a_cell_joins_its_nearer_neighbour() -> None:
    """It stands beside the heading, one space from the rest of its cell."""
    (side,) = sides(page({100.0: [(120, "2.41 ms"), (200, "3")]}))
    line = phrases(side.lines[0], 0.1)
    assert [each.text for each in line] == ["2.41", "ms", "3"]
    assert read(line) == [{1: "2.41 ms", 2: "3"}]
