from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.intake.person import person_with
from grader.marks.rules import MARKS
from grader.marks.store import Marks
from tests.review.browsers import logged_in, sent_mark
from tests.review.classes import STUDENTS, of_three
from tests.review.test_remark_pages import added


def toggled(browser: TestClient, key: str, given: dict[str, Any], **changed: object) -> Any:
    """The answer to the wish to give a remark to an answer to 1.1."""
    sent = {
        "student": key, "part": "1.1", "remark": given["id"], "version": 1, "on": True,
        "expected": 0, **changed,
    }  # fmt: skip
    return browser.post("/toggles", json=sent)


def test_a_remark_and_words_beside_it(tmp_path: Path) -> None:
    """The field of the comment has only the words; the mark has both."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    key, remark = names.key(STUDENTS[0]), added(browser, "forgets the bias", -0.5)
    assert toggled(browser, key, remark).status_code == 200
    sent = sent_mark(key, points=1.5, comment="see page 3", expected=1)
    card = browser.post("/marks", json=sent).json()["card"]
    assert f'data-remarks="{remark["id"]}"' in card
    assert '<textarea name="comment" rows="2" maxlength="4000">see page 3</textarea>' in card
    with Marks.open(tmp_path / MARKS) as marks:
        mark = marks.of(person_with(STUDENTS[0]))["1.1"]
    assert mark.points == 1.5
    assert "forgets the bias" in mark.comment
    assert mark.comment.endswith("see page 3")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"version": 2}, 409),
        ({"expected": 1}, 500),  # no such version
        ({"remark": "none"}, 400),
        ({"student": "none"}, 404),
        ({"part": "9"}, 400),
        ({"on": 1}, 400),
        ({"more": 1}, 400),
    ],
)
def test_a_wrong_toggle_saves_nothing(
    tmp_path: Path, changed: dict[str, object], status: int
) -> None:
    """A stale remark, an unknown one, a malformed request."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    remark = added(browser, "unclear", -1)
    answer = toggled(browser, names.key(STUDENTS[0]), remark, **changed)
    assert answer.status_code == status
    assert Marks.open(tmp_path / MARKS).current() == {}


def test_a_remark_over_a_newer_mark_shows_it(tmp_path: Path) -> None:
    """There is nothing to save again: the TA looks at the mark first."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    key, remark = names.key(STUDENTS[0]), added(browser, "unclear", -1)
    assert browser.post("/marks", json=sent_mark(key)).status_code == 200
    answer = toggled(browser, key, remark)
    assert answer.status_code == 409
    assert "conflict" in answer.json()["card"]
    assert "yours, not saved" not in answer.json()["card"]


def test_a_note_is_on_the_page_and_in_no_export(tmp_path: Path) -> None:
    """Of one answer and of the whole hand-in; a pseudonym in it is stored as the id."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path, anonymous=True)
    key = names.key(STUDENTS[0])
    for part in ("1.1", ""):
        words = f"note on {part or 'all'} of {names.shown(STUDENTS[0])}"
        sent = {"student": key, "part": part, "words": words, "expected": 0}
        assert browser.post("/notes", json=sent).json() == {"version": 1, "author": "alice"}
        again = browser.post("/notes", json={**sent, "words": "mine"})
        assert again.status_code == 409
        assert again.json()["version"] == 1
        assert words in again.json()["error"]
    page = browser.get(f"/student/{key}").text
    assert "note on 1.1 of" in page
    assert "note on all of" in page
    assert STUDENTS[0] not in page
    long = {"student": key, "part": "", "words": "w" * 4_001, "expected": 1}
    assert browser.post("/notes", json=long).status_code == 400
