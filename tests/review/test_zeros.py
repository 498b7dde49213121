import re
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from grader.marks.rules import MARKS
from grader.marks.store import Marks
from tests.review.browsers import logged_in, sent_mark
from tests.review.classes import ABSENT, TEXT, of_twelve


def listed(browser: TestClient, key: str = "") -> tuple[str, str]:
    """The list of what is not there, and its hash."""
    shown = browser.get("/zeros", params={"student": key}).text
    found = re.search(r'data-seen="(\w+)"', shown)
    assert found
    return shown, found[1]


def given(browser: TestClient, **changed: object) -> Any:
    """The answer to the wish for zeros."""
    sent = {
        "student": "", "kinds": ["empty", "not found", "as given"], "comment": "no answer",
        "seen": listed(browser)[1], **changed,
    }  # fmt: skip
    return browser.post("/zeros", json=sent)


def test_zeros_for_one_student_and_for_all(tmp_path: Path) -> None:
    """Only the chosen kinds, with the comment; then nothing is left."""
    of_twelve(tmp_path)
    browser, names = logged_in(tmp_path)
    key = names.key("S03")
    shown, seen = listed(browser, key)
    assert "S03" in shown
    assert "S07" not in shown
    assert given(browser, student=key, kinds=["not found"], seen=seen).status_code == 400
    assert given(browser, student=key, seen=seen).status_code == 200
    assert given(browser, kinds=["not found"]).status_code == 200
    with Marks.open(tmp_path / MARKS) as marks:
        zeros = {(each.student, each.part): each for each in marks.current().values()}
    assert set(zeros) == {(student, part) for student in ("S03", "S07") for part in TEXT}
    assert {(each.points, each.comment) for each in zeros.values()} == {(0, "no answer")}
    assert given(browser).status_code == 200
    assert "Nothing is pending" in listed(browser)[0]


def test_a_list_that_has_changed_gives_nothing(tmp_path: Path) -> None:
    """Somebody has marked one of the answers since."""
    of_twelve(tmp_path)
    browser, names = logged_in(tmp_path)
    seen = listed(browser)[1]
    assert browser.post("/marks", json=sent_mark(names.key("S07"))).status_code == 200
    assert given(browser, seen=seen).status_code == 409
    with Marks.open(tmp_path / MARKS) as marks:
        assert len(marks.current()) == 1
    assert given(browser).status_code == 200
    with Marks.open(tmp_path / MARKS) as marks:
        assert len(marks.current()) == len(ABSENT) * len(TEXT)
    assert browser.post("/zeros", json={"student": "", "kinds": [1]}).status_code == 400
