from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.review.browsers import logged_in
from tests.review.classes import STUDENTS, of_three


def added(browser: TestClient, words: str, points: float, part: str = "1.1") -> dict[str, Any]:
    """A new remark, as the server answers."""
    sent = {"id": "", "part": part, "words": words, "points": points, "expected": 0}
    answer = browser.post("/remarks", json=sent)
    assert answer.status_code == 200
    return dict(answer.json())


def test_a_list_has_the_remarks_with_their_numbers(tmp_path: Path) -> None:
    """As text, with the sign of the points; also in the pages themselves."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    one = added(browser, "<b>unclear</b>", -0.5)
    added(browser, "only said", 0, "1.2")
    for student in STUDENTS[:2]:
        sent = {
            "student": names.key(student), "part": "1.1", "remark": one["id"], "version": 1,
            "on": True, "expected": 0,
        }  # fmt: skip
        assert browser.post("/toggles", json=sent).status_code == 200
    shown = browser.get("/remarks/1.1").text
    assert "&lt;b&gt;unclear" in shown
    assert "2 students" in shown
    assert 'data-points="-0.5"' in shown
    assert "only said" not in shown
    assert "only said" in browser.get(f"/student/{names.key(STUDENTS[0])}").text
    assert browser.get("/remarks/9").status_code == 404


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"words": ""}, 400),
        ({"points": 2.5}, 400),
        ({"points": "1"}, 400),
        ({"points": 10**400}, 400),
        ({"words": "w" * 501}, 400),
        ({"words": "unclear"}, 400),
        ({"part": "9"}, 400),
        ({"id": "none", "expected": 1}, 400),
        ({"expected": None}, 400),
    ],
)
def test_a_wrong_remark_is_refused(tmp_path: Path, changed: dict[str, object], status: int) -> None:
    """Each with a reason."""
    of_three(tmp_path)
    browser, _ = logged_in(tmp_path)
    added(browser, "unclear", -1)
    sent = {"id": "", "part": "1.1", "words": "new", "points": -1, "expected": 0, **changed}
    answer = browser.post("/remarks", json=sent)
    assert answer.status_code == status
    assert browser.get("/remarks/1.1").text.count("data-remark=") == 1


def test_a_remark_changed_by_two_shows_the_newer_one(tmp_path: Path) -> None:
    """With the version on which the second may save again."""
    of_three(tmp_path)
    browser, _ = logged_in(tmp_path)
    one = added(browser, "unclear", -1)
    sent = {"id": one["id"], "part": "1.1", "words": "hers", "points": -1, "expected": 1}
    assert browser.post("/remarks", json=sent).json()["version"] == 2
    late = browser.post("/remarks", json={**sent, "words": "his"})
    assert late.status_code == 409
    assert "hers" in late.json()["error"]
    assert late.json()["version"] == 2
    assert browser.post("/remarks", json={**sent, "words": "his", "expected": 2}).status_code == 200


def test_a_remark_that_names_a_student_is_not_shown_with_hidden_ids(tmp_path: Path) -> None:
    """The others are."""
    of_three(tmp_path)
    browser, _ = logged_in(tmp_path)
    added(browser, f"as {STUDENTS[1]}", -1)
    added(browser, "unclear", -1)
    hidden, _ = logged_in(tmp_path, anonymous=True)
    shown = hidden.get("/question/1.1").text
    assert STUDENTS[1] not in shown
    assert "unclear" in shown
