from pathlib import Path

import pytest

from tests.review.browsers import logged_in
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
