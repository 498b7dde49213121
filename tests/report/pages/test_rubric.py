from grader.report.class_row import class_rows
from grader.report.pages.rubric import histograms, level_words
from tests.report.examples import LAB as NETWORK_LAB
from tests.report.examples import example_class as networks
from tests.report.write_ups import LAB, example_class, write_up


def test_each_level_has_the_number_of_its_hand_ins() -> None:
    """Points between two levels have a bar of their own; unmarked hand-ins are counted apart."""
    basic, report, discussion = histograms(class_rows(example_class()), LAB.items)
    assert [each.id for each in (basic, report, discussion)] == ["basic", "report", "discussion"]
    assert {bar.points: bar.count for bar in basic.bars if bar.count} == {"5": 1, "4.5": 1, "4": 1}
    assert [bar.points for bar in basic.bars] == ["5", "4.5", "4", "3", "2", "1", "0"]
    assert basic.pending == 2
    assert report.pending == 4
    assert next(bar.share for bar in report.bars if bar.points == "2") == 100.0


def test_no_marks_are_empty_bars() -> None:
    """A lab without a rubric has no histogram."""
    found = histograms(class_rows([write_up("B1")]), LAB.items)
    assert all(bar.count == 0 and bar.share == 0.0 for each in found for bar in each.bars)
    assert histograms(class_rows(networks()), NETWORK_LAB.items) == ()


def test_points_have_the_words_of_their_level() -> None:
    """Points between two levels have none, and neither has an unmarked item."""
    graded = write_up("B1", points={"basic": 4.5, "report": 2}).grade
    words = level_words(graded, LAB.items)
    assert words.keys() == {"report"}
    assert "well organized" in words["report"]
