from pathlib import Path

from tests.review.browsers import logged_in, sent_mark
from tests.review.classes import STUDENTS, of_three


def test_the_answer_has_the_new_card_and_the_standing(tmp_path: Path) -> None:
    """And the action that Undo would take back; an override needs a reason still."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    key = names.key(STUDENTS[0])
    answer = browser.post("/marks", json=sent_mark(key)).json()
    assert answer["key"] == key
    assert "settled" in answer["card"]
    assert answer["standing"]
    assert answer["undo"]
    assert browser.post("/marks", json=sent_mark(key, part="2", points=1)).status_code == 400
    assert browser.post("/marks", json=sent_mark(key, part="9")).status_code == 400
