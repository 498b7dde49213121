from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from grader.intake.person import person_with
from grader.marks.marking import Target, give
from grader.marks.rules import MARKS, Signature, parts
from grader.marks.store import Marks
from tests.report.examples import LAB
from tests.review.browsers import logged_in, sent_mark
from tests.review.classes import STUDENTS, of_three


def last(browser: TestClient) -> Any:
    """What Undo would take back."""
    sent = {"window": "w", "student": "", "part": "", "since": 0}
    return browser.post("/live", json=sent).json()["undo"]


def test_an_undo_says_what_it_took_back(tmp_path: Path) -> None:
    """With a pseudonym where ids are hidden; then there is nothing to undo."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path, anonymous=True)
    key = names.key(STUDENTS[0])
    assert last(browser) is None
    action = browser.post("/marks", json=sent_mark(key)).json()["undo"]
    assert last(browser) == {"id": action, "what": f"1.1 of {names.shown(STUDENTS[0])}"}
    done = browser.post("/undo", json={"action": action})
    assert done.status_code == 200
    assert (done.json()["key"], done.json()["part"]) == (key, "1.1")
    assert STUDENTS[0] not in done.text
    assert last(browser) is None
    again = browser.post("/undo", json={"action": action})
    assert again.status_code == 409
    assert "nothing to undo" in again.json()["error"]


def test_a_later_mark_of_somebody_else_is_told(tmp_path: Path) -> None:
    """Its author, its points, and where it is; it stays."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    key = names.key(STUDENTS[0])
    action = browser.post("/marks", json=sent_mark(key)).json()["undo"]
    question = next(each for each in parts(LAB) if each.id == "1.1")
    person = person_with(STUDENTS[0])
    with Marks.open(tmp_path / MARKS) as marks:
        target = Target(person=person, student=STUDENTS[0], part=question, machine=None, expected=1)
        give(marks.engine, target, 1.5, "", Signature(author="bob", at="now"))
        answer = browser.post("/undo", json={"action": action})
        assert answer.status_code == 409
        assert "bob" in answer.json()["error"]
        assert "1.5" in answer.json()["error"]
        assert (answer.json()["key"], answer.json()["part"]) == (key, "1.1")
        assert marks.of(person)["1.1"].points == 1.5
