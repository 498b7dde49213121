from grader.writeup.document import Box
from grader.writeup.heads import heads_of, overlap
from grader.writeup.lines import phrases, sides
from grader.writeup.matcher import Head, Matcher
from tests.writeup.pages import page
from tests.writeup.the_tables import PRUNING, QUANTIZATION


def heads(
    lines: dict[float, list[tuple[float, str]]], matcher: Matcher, *, rules: tuple[Box, ...] = ()
) -> tuple[Head, ...]:
    """The heads of a heading with these lines."""
    (side,) = sides(page(lines, rules=rules))
    return heads_of([each for line in side.lines for each in phrases(line, 0.75)], matcher)


def test_a_text_above_several_columns_belongs_to_each() -> None:
    """`Latency` stands above `B1` and `B64`."""
    lines = {100.0: [(50.0, "Q"), (100.0, "Latency")], 112.0: [(100.0, "B1"), (120.0, "B64")]}
    found = heads(lines, Matcher(QUANTIZATION))
    assert [each.column for each in found] == ["q", "latency-1", "latency-64"]


def test_repeated_columns_have_the_variants_above_them() -> None:
    """From left to right; a column without one is shared."""
    lines = {
        100.0: [(130.0, "No rewinding"), (330.0, "Rewinding")],
        112.0: [
            *((50.0, "Iteration"), (110.0, "Accuracy"), (180.0, "Latency")),
            *((300.0, "Accuracy"), (370.0, "Latency")),
        ],
    }
    found = heads(lines, Matcher(PRUNING))
    assert [(each.column, each.variant) for each in found] == [
        ("iteration", None),
        ("accuracy", "without-rewinding"),
        ("latency", "without-rewinding"),
        ("accuracy", "with-rewinding"),
        ("latency", "with-rewinding"),
    ]


def test_what_is_named_twice_is_not_known() -> None:
    """Nothing tells which accuracy is meant."""
    lines = {100.0: [(50.0, "Iteration"), (150.0, "Accuracy"), (250.0, "Accuracy")]}
    assert [each.column for each in heads(lines, Matcher(PRUNING))] == ["iteration", None, None]


def test_words_that_stand_apart_may_be_one_name() -> None:
    """`Disk`, `Size` and `(MB)`."""
    lines = {100.0: [(50.0, "Iteration"), (150.0, "Disk"), (180.0, "Size"), (210.0, "(MB)")]}
    found = heads(lines, Matcher(PRUNING))
    assert [(each.column, each.unit) for each in found] == [("iteration", None), ("disk", "MB")]
    assert (found[1].x0, found[1].x1) == (150, 230)


def test_intervals_overlap_or_have_a_gap() -> None:
    """A gap is a negative overlap."""
    assert overlap(0, 10, 5, 20) == 5
    assert overlap(0, 10, 12, 20) == -2
