import re
from pathlib import Path

import pytest

from grader.marks.rules import MARKS
from grader.marks.store import Marks
from grader.review.guard import ASSETS, SESSION
from tests.review.browsers import ORIGIN, client, client_and_tickets, logged_in, sent_mark
from tests.review.classes import STUDENTS, of_three

COOKIE = "grader-review-8000"


@pytest.mark.parametrize("path", ["/", "/?token=wrong", SESSION, "/student/x"])
def test_without_the_token_there_is_nothing(tmp_path: Path, path: str) -> None:
    """Every request is refused before the address with the token is opened; no connection stays."""
    of_three(tmp_path)
    answer = client(tmp_path)[0].get(path)
    assert answer.status_code == 403
    assert answer.headers["connection"] == "close"
    assert not any(student in answer.text for student in STUDENTS)


@pytest.mark.parametrize("name", ["entrance.js", "review.js", "review.css", "style.css"])
def test_everybody_gets_the_assets(tmp_path: Path, name: str) -> None:
    """A page whose cookie is pushed out while it loads still gets its script and its styles."""
    of_three(tmp_path)
    assert client(tmp_path)[0].get(f"{ASSETS}{name}").status_code == 200
    assert client(tmp_path)[0].get(f"{ASSETS}{name}", headers={"Host": "evil"}).status_code == 403


def test_the_token_becomes_a_cookie_that_scripts_cannot_read(tmp_path: Path) -> None:
    """The page that sets it leads to the class, and has another secret than the address."""
    of_three(tmp_path)
    browser, _, tickets = client_and_tickets(tmp_path)
    token = tickets.current
    answer = browser.get("/", params={"token": token})
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert token not in answer.text + answer.headers["set-cookie"]
    assert STUDENTS[0] in browser.get("/").text


def test_an_address_is_good_once(tmp_path: Path) -> None:
    """The second browser is refused, the first goes on, and the next address is another one."""
    of_three(tmp_path)
    first, _, tickets = client_and_tickets(tmp_path)
    token = tickets.current
    assert first.head("/", params={"token": token}).status_code == 403  # does not use it up
    assert first.get("/", params={"token": token}).status_code == 200
    assert tickets.current != token
    second = type(first)(first.app, base_url=ORIGIN)
    assert second.get("/", params={"token": token}).status_code == 403
    assert first.get("/").status_code == 200
    assert second.get("/", params={"token": tickets.current}).status_code == 200
    assert second.get("/").status_code == 200


@pytest.mark.parametrize(
    "others",
    [
        'a=b; broken"; =; ;;; \x7f\xff=1; c="',
        "; ".join(f"foreign{number}={'x' * 4000}" for number in range(180)),
        f"{COOKIE}=of-another-server",
    ],
)
def test_foreign_cookies_lock_nobody_out(tmp_path: Path, others: str) -> None:
    """Cookies of other servers, malformed, many, or under our name, before and after ours."""
    of_three(tmp_path)
    browser, _ = logged_in(tmp_path)
    ours = f"{COOKIE}={browser.cookies[COOKIE]}"
    for sent in (f"{others}; {ours}", f"{ours}; {others}"):
        browser.cookies.clear()
        answer = browser.get("/", headers={b"Cookie": sent.encode("latin-1")})
        assert answer.status_code == 200


def test_a_lost_cookie_is_given_again(tmp_path: Path) -> None:
    """The browser has kept the secret; a wrong one, or one from another origin, is refused."""
    of_three(tmp_path)
    browser, _, tickets = client_and_tickets(tmp_path)
    welcome = browser.get("/", params={"token": tickets.current}).text
    found = re.search(r'data-secret="([^"]+)"', welcome)
    assert found
    browser.cookies.clear()
    assert browser.get("/").status_code == 403
    for wrong in ("wrong", 1, {"a": 1}):
        assert browser.post(SESSION, json=wrong).status_code == 403
    foreign = {"Origin": "http://127.0.0.1:9999"}
    assert browser.post(SESSION, json=found[1], headers=foreign).status_code == 403
    assert browser.get("/").status_code == 403
    assert browser.get(SESSION).status_code == 403
    assert browser.post(SESSION, json=found[1]).status_code == 204
    assert browser.get(SESSION).status_code == 204
    assert browser.get("/").status_code == 200


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
