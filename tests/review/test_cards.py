import re
from dataclasses import replace
from pathlib import Path

import pytest

from grader.labs.item import Item, Level
from grader.marks.rules import marked, scoring
from grader.results.write import write_results
from grader.review.cards import student_card
from grader.review.names import Names
from grader.types import Lateness
from tests.report.examples import LAB, report
from tests.review.browsers import logged_in, sent_mark
from tests.review.classes import STUDENTS, of_three, with_a_cut_answer


def test_every_card_shows_the_question(tmp_path: Path) -> None:
    """The lab's text is above a student's answers and above all answers to a question."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    student = browser.get(f"/student/{names.key(STUDENTS[0])}").text
    first = "What do the weight distributions of the layers have in common?"
    assert student.index(first) < student.index("They are bell-shaped")
    assert "How do these characteristics help pruning?" in student
    question = browser.get("/question/1.1").text
    assert question.index(first) < question.index("They are bell-shaped")


@pytest.mark.parametrize(
    ("left_out", "said"), [(1, "… 1 more character; see"), (4321, "… 4,321 more characters; see")]
)
def test_an_answer_that_was_cut_says_so(tmp_path: Path, left_out: int, said: str) -> None:
    """The card shows the number of missing characters, and the cell with the whole answer."""
    one = with_a_cut_answer(tmp_path, left_out)
    browser, names = logged_in(tmp_path)
    key = names.key(one.submission.id)
    shown = browser.get("/question/1.1").text
    rest = shown[shown.index(said) :]
    assert rest[len(said) :].lstrip().startswith(f'<a href="/notebook/{key}#cell-1"')
    assert "more character" not in browser.get("/question/1.2").text


def test_the_levels_of_a_rubric_are_buttons(tmp_path: Path) -> None:
    """Each gives its points and says what earns them; only these points have a button."""
    levels = (
        Level(points=0, words="no discussion"),
        Level(points=0.5, words="results are <repeated>"),
        Level(points=1, words="results are explained"),
    )
    rubric = Item(id="discussion", title="Discussion", points=1, kind="rubric", levels=levels)
    lab = LAB.model_copy(update={"items": (*LAB.items, rubric)})
    reports = [
        marked(each, scoring(lab, each.provenance.graded_at), {}) for each in of_three(tmp_path)
    ]
    write_results(reports, lab, tmp_path)
    browser, names = logged_in(tmp_path)
    shown = browser.get("/question/discussion").text
    key = names.key(STUDENTS[0])
    card = shown[shown.index(f'id="c-{key}-discussion"') :].partition("</article>")[0]
    assert re.findall(r'data-give="([\d.]+)"', card) == ["0", "0.5", "1"]
    assert "results are &lt;repeated&gt;" in card
    sent = sent_mark(key, part="discussion", points=0.5)
    assert browser.post("/marks", json=sent).status_code == 200


@pytest.mark.parametrize(
    ("pending", "estimate", "standing"),
    [(0.0, False, "36.00"), (50.0, False, "36.00 so far, 50 points"), (50.0, True, "≈36.00")],
)
def test_the_points_so_far_are_without_the_penalty(
    pending: float, estimate: bool, standing: str
) -> None:
    """As on the class's page; the page says how late the hand-in is."""
    late = Lateness(
        punctuality="late", text="a day late; penalty 20 %", submitted_at=None, due="",
        unpenalised=45.0, penalty=9.0,
    )  # fmt: skip
    given = report("B1")
    grade = replace(given.grade, total=36.0, pending=pending, estimate=estimate, lateness=late)
    card = student_card(replace(given, grade=grade), Names(secret=b"secret", anonymous=False))
    assert card.standing.startswith(standing)
    assert card.lateness == late.text
