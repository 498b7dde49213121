from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.marks.presence import Presence, Presences
from grader.marks.rules import MARKS
from grader.marks.store import Marks
from tests.review.browsers import logged_in, sent_mark
from tests.review.classes import STUDENTS, of_three


def news(browser: TestClient, **changed: object) -> Any:
    """What is new for a window on the class page."""
    sent = {"window": "mine", "student": "", "part": "", "since": 0, **changed}
    return browser.post("/live", json=sent)


def test_others_are_shown_by_the_names_of_the_session(tmp_path: Path) -> None:
    """Where they are, also with hidden ids; not this window itself, and not once it has left."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path, anonymous=True)
    with Marks.open(tmp_path / MARKS) as marks:
        his = Presences(engine=marks.engine)
        for _ in range(2):
            his.be(Presence(window="his", author="bob", person="id:b2345678", part="1.1"))
            found = news(browser, student=names.key(STUDENTS[0]), part="1.2")
    assert STUDENTS[1] not in found.text
    assert found.json()["others"] == [
        {
            "who": "bob",
            "what": f"1.1 of {names.shown(STUDENTS[1])}",
            "key": names.key(STUDENTS[1]),
            "part": "1.1",
        }
    ]
    assert browser.post("/leave", json={"window": "his"}).status_code == 200
    assert news(browser).json()["others"] == []


def test_marks_since_then_are_told(tmp_path: Path) -> None:
    """With the version; the card of one is fetched alone."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    key = names.key(STUDENTS[0])
    before = news(browser).json()
    assert (before["changed"], before["marks"]) == ([], 0)
    browser.post("/marks", json=sent_mark(key))
    after = news(browser, since=before["marks"]).json()
    assert after["changed"] == [[key, "1.1", 1]]
    assert after["stamp"] != before["stamp"]
    assert news(browser, since=after["marks"]).json()["changed"] == []
    card = browser.get(f"/card/{key}/1.1").json()
    assert 'data-version="1"' in card["card"]
    assert browser.get(f"/card/{key}/9").status_code == 404


@pytest.mark.parametrize(
    "changed", [{"window": ""}, {"window": "w" * 65}, {"since": True}, {"since": 1 << 60}]
)
def test_a_malformed_question_is_refused(tmp_path: Path, changed: dict[str, object]) -> None:
    """And so is one about nobody."""
    of_three(tmp_path)
    browser, _ = logged_in(tmp_path)
    assert news(browser, **changed).status_code == 400
    assert news(browser, student="nobody").status_code == 404


def test_the_next_pending_answer(tmp_path: Path) -> None:
    """By its key and part; without a place the first one."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    first = names.key(STUDENTS[0])
    assert browser.get("/pending").json() == {"key": first, "part": "1.1"}
    asked = {"student": first, "part": "1.1", "by": "question"}
    found = browser.get("/pending", params=asked).json()
    assert found == {"key": names.key(STUDENTS[1]), "part": "1.1"}
