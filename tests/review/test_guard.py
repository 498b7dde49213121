from pathlib import Path

import pytest

from grader.marks.rules import MARKS
from grader.marks.store import Marks
from tests.review.browsers import client, logged_in, sent_mark
from tests.review.classes import STUDENTS, of_three


@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/static/review.js", "/student/x"])
def test_without_the_token_there_is_nothing(tmp_path: Path, path: str) -> None:
    """Every request is refused before the address with the token is opened."""
    of_three(tmp_path)
    assert client(tmp_path)[0].get(path).status_code == 403


def test_the_token_becomes_a_cookie_that_scripts_cannot_read(tmp_path: Path) -> None:
    """A redirect removes it from the address."""
    of_three(tmp_path)
    answer = client(tmp_path)[0].get("/?token=right", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "script-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example:8000"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
def test_marks_come_from_our_page_only(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    """Another Host, another origin and a form are refused, even with the token."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    answer = browser.post("/marks", json=sent_mark(names.key(STUDENTS[0])), headers=headers)
    assert answer.status_code == status
    assert Marks.open(tmp_path / MARKS).current() == {}
