"""A lab's points as one short text."""

from pathlib import Path

import pytest

from grader.course.totals import LabScore, State
from grader.course.words import behind, lab_cell, legend, notes_of, rule, total_cell
from tests.course.examples import example_totals


@pytest.mark.parametrize(
    ("score", "cell"),
    [
        (LabScore(lab="a", state=State.GRADED, points=46.25, counts=True), "46.25"),
        (LabScore(lab="a", state=State.GRADED, points=46.25), "(46.25)"),
        (LabScore(lab="a", state=State.GRADED, points=4, pending=5, counts=True), "4.00+"),
        (LabScore(lab="a", state=State.GRADED, points=4, is_estimate=True, counts=True), "4.00~"),
        (LabScore(lab="a", state=State.ABSENT, points=0, counts=True), "absent"),
        (LabScore(lab="a", state=State.ABSENT, points=0), "(absent)"),
        (LabScore(lab="a", state=State.EXCUSED), "excused"),
        (LabScore(lab="a", state=State.UNGRADED), "-"),
        (LabScore(lab="a", state=State.UNKNOWN), "?"),
    ],
)
def test_a_cell_for_each_state(score: LabScore, cell: str) -> None:
    """An absent student is never shown as a number, an unknown total neither."""
    assert lab_cell(score) == cell


def test_a_total_is_marked_while_points_are_pending(tmp_path: Path) -> None:
    """And unknown if a lab's is."""
    cells = {each.person.id: total_cell(each) for each in example_totals(tmp_path).students}
    assert cells["B1"].endswith("+")
    assert cells["B4"] == "?"
    assert cells["B5"].endswith("~")
    assert cells["B3"] == "0.00"


def test_every_mark_is_explained(tmp_path: Path) -> None:
    """Only those that occur."""
    found = example_totals(tmp_path, labs=3)
    sentences = list(legend(found))
    for start in ("+", "~", "?", "excused", "(…)"):
        assert any(each.startswith(start) for each in sentences), start
    assert "lab3" in behind(found)
    assert "best 1 of 3" in rule(found)
    assert "lab2: 3" in rule(found)


def test_a_late_hand_in_is_noted(tmp_path: Path) -> None:
    """With its penalty."""
    texts = [text for student, text in notes_of(example_totals(tmp_path).students)]
    assert any("20 %" in text for text in texts)
