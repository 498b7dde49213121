from pathlib import Path

from grader.notebook.page import QuestionLink
from grader.report.notebook_links import question_links
from tests.report.examples import LAB
from tests.review.classes import of_three


def test_every_question_of_the_lab_has_a_link(tmp_path: Path) -> None:
    """To the cell of its answer; without a measurement there is no cell."""
    report = of_three(tmp_path)[0]
    links = question_links(report, LAB)
    assert [each.title for each in links] == [each.title for each in LAB.questions]
    assert [each.cell for each in links] == list(range(1, len(LAB.questions) + 1))


def test_a_label_is_short() -> None:
    """What stands before the colon."""
    assert QuestionLink(title="Question 1.1: what", cell=3).label == "Question 1.1"
    assert QuestionLink(title="Describe", cell=None).label == "Describe"
