from grader.writeup.document import Box
from grader.writeup.lines import as_shown, level, phrases, sides
from tests.writeup.pages import page

PAGE = page(
    {100.0: [(50, "a b"), (90, "c")], 101.0: [(120, "|"), (130, "d")], 130: [(50, "-----")]}
)


def test_words_with_nearly_the_same_baseline_are_a_line() -> None:
    """A line of dashes is a drawn rule, not text."""
    (side,) = sides(PAGE)
    assert [each.text for each in side.lines] == ["a b c | d"]


def test_wide_gaps_and_bars_part_phrases() -> None:
    """A space does not."""
    (side,) = sides(PAGE)
    assert [each.text for each in phrases(side.lines[0], 0.75)] == ["a b", "c", "d"]


def test_a_drawn_line_parts_phrases() -> None:
    """However near the words are."""
    rule = Box(x0=56, top=90, x1=56.5, bottom=120)
    (side,) = sides(page({100.0: [(50, "a b")]}, rules=[rule]))
    assert [each.text for each in phrases(side.lines[0], 0.75)] == ["a", "b"]


def test_a_box_comes_back_from_every_side() -> None:
    """Tables that are printed sideways have their places on the page as it is shown."""
    box = Box(x0=10, top=20, x1=110, bottom=35)
    (side,) = sides(PAGE)
    for turn in (0, 90, 180, 270):
        turned = level(PAGE, box, turn)
        wide = turn in {90, 270}
        seen = type(side)(
            number=1,
            turn=turn,
            width=PAGE.height if wide else PAGE.width,
            height=PAGE.width if wide else PAGE.height,
            lines=(),
            rules=side.rules,
        )
        assert as_shown(seen, turned) == box
        assert (turned.width, turned.height) == ((15, 100) if wide else (100, 15))
