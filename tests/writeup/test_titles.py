from grader.writeup.matcher import Matcher
from grader.writeup.titles import Surroundings, variants_of
from tests.writeup.the_tables import PRUNING

MATCHER = Matcher(PRUNING)
WITH, WITHOUT = "with-rewinding", "without-rewinding"


def around(*above: str, before: tuple[str, ...] = (), below: tuple[str, ...] = ()) -> Surroundings:
    """The lines around a table."""
    return Surroundings(above=above, page_before=before, below=below)


def test_titles_above_tell_the_tables_apart() -> None:
    """The title of the next table below does not matter."""
    first = around("No rewinding", below=("With rewinding",))
    assert variants_of([first, around("With rewinding")], MATCHER) == (WITHOUT, WITH)


def test_captions_below_do_too() -> None:
    """The first caption stands above the second table."""
    first = around(below=("Table 1: without rewinding",))
    second = around("Table 1: without rewinding", below=("Table 2: with rewinding",))
    assert variants_of([first, second], MATCHER) == (WITHOUT, WITH)


def test_a_title_may_stand_at_the_end_of_the_page_before() -> None:
    """The table begins the next page."""
    assert variants_of([around(before=("With rewinding",))], MATCHER) == (WITH,)


def test_a_title_is_the_nearest_line() -> None:
    """None if there is no line at all."""
    assert around("near", "far").title == "near"
    assert around().title == ""
    assert variants_of([around()], MATCHER) == (None,)
