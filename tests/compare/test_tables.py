from dataclasses import replace

from grader.compare.changes import compare
from grader.compare.tables import differences, movements
from grader.report.terminal.class_table import to_text
from tests.report.examples import HOSTILE_ID, LAB, hostile, passed

ANN = passed("A1", 44.0, 9300, 0.4)


def test_who_is_in_one_only_is_listed() -> None:
    """Only hand-ins of the same student are compared."""
    found = compare([ANN], [passed("B2", 44.0, 9300, 0.4)])
    assert (found.only_before, found.only_after) == (("A1",), ("B2",))
    text = to_text(differences(found), 100, color=False)
    assert "first: A1" in text
    assert "second: B2" in text


def test_the_furthest_moved_comes_first() -> None:
    """By how far the total moved, up or down."""
    before = [passed(name, 44.0, 9300, 0.4) for name in ("A1", "B2", "C3")]
    after = [passed("A1", 45.0, 9300, 0.4), passed("B2", 30.0, 9300, 0.4), before[2]]
    found = compare(before, after)
    assert [each.student for each in found.different] == ["B2", "A1"]
    text = to_text(movements(found), 100, color=False)
    assert "2 of 3" in text
    assert text.index("B2") < text.index("A1")
    assert "+4.06" in text


def test_nobody_moves() -> None:
    """Without a change only the summary is printed."""
    text = to_text(movements(compare([ANN], [ANN])), 100, color=False)
    assert text.startswith("0 of 1")
    assert text.count("\n") == 1


def test_hostile_ids_are_inert() -> None:
    """Control characters are escaped, and markup is printed as text."""
    changed = replace(hostile(), grade=replace(hostile().grade, total=3.0))
    text = to_text(differences(compare([hostile()], [changed])), 200, color=False)
    assert "\x1b" not in text
    assert "[red]" in text
    assert HOSTILE_ID not in text
    assert LAB.name
