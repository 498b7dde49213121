"""Notebooks in the shape of the real ones, where they are beside the checkout."""

from pathlib import Path

import pytest

from grader.errors import Skip
from grader.evaluators.notebook import measure_notebook
from grader.evaluators.questions import measure_question
from grader.evaluators.unpacked import UnpackedSubmission
from grader.evidence.notebook import Claim
from tests.notebook.books import opened
from tests.notebooks.answers import boxed
from tests.notebooks.points import CHECKED, LAB

pytestmark = pytest.mark.system


def case(folder: Path, cases: Path, name: str) -> UnpackedSubmission:
    """A hand-in of one of these notebooks."""
    return opened(folder, (cases / "notebooks" / f"{name}.ipynb").read_bytes())


def state(hand_in: UnpackedSubmission, id: str) -> str:
    """The state of the answer to one question."""
    return next(each.state for each in hand_in.located if each.question.id == id)


def test_question_5_goes_on_below_a_higher_heading(tmp_path: Path, cases: Path) -> None:
    """The printed accuracy of the fine-tuning is its, and that of Part 2 is not."""
    hand_in = case(tmp_path, cases, "q5-finetune-heading-is-depth-2")
    question = next(each for each in LAB.questions if each.id == "5")
    found = measure_question(hand_in, question)
    assert found.evidence["held"] == list(question.properties)
    assert sum(question.properties.values()) == 10
    assert found.evidence["printed_accuracy"] == pytest.approx(0.9295)


def test_the_words_of_an_unknown_template_are_no_answer(tmp_path: Path, cases: Path) -> None:
    """In the heading's cell, and in the template's tail."""
    hand_in = case(tmp_path, cases, "q4-unanswered-other-words")
    assert {state(hand_in, id) for id in ("4.1", "4.2", "4.3")} == {"empty"}
    hand_in = case(tmp_path, cases, "approach-unanswered-template-tail")
    assert state(hand_in, "approach") == "empty"


def test_the_final_networks_numbers_are_claimed(tmp_path: Path, cases: Path) -> None:
    """A score of 45, a bare number, and neither the original's nor one of the training."""
    found = measure_notebook(case(tmp_path, cases, "claims-score-of-45-and-bare-mflops"))
    assert found.evidence["claims"] == [
        Claim(what="MFLOPs", value=22.496205, percent=False, cell=3, decimals=6).json(),
        Claim(what="accuracy", value=89.02, percent=True, cell=4, decimals=2).json(),
        Claim(what="score", value=51.53, percent=False, cell=5, decimals=2).json(),
    ]


@boxed
def test_another_labs_numbers_give_no_points(tmp_path: Path, cases: Path) -> None:
    """Its functions pass this lab's checks: a person is told, and the machine gives nothing."""
    hand_in = case(tmp_path, cases, "another-lab-same-numbers-vgg")
    assert "another lab" in (measure_notebook(hand_in).review or "")
    for id in CHECKED:
        question = next(each for each in LAB.questions if each.id == id)
        with pytest.raises(Skip, match="another lab"):
            measure_question(hand_in, question)
