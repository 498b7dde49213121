"""A client of the review server, without a network."""

from pathlib import Path

from starlette.testclient import TestClient

from grader.marks.rules import MARKS
from grader.marks.store import Marks
from grader.review.app import application
from grader.review.classroom import Classroom
from grader.review.guard import Guard, Tickets
from grader.review.names import Names

ORIGIN = "http://127.0.0.1:8000"


def client(out: Path, *, anonymous: bool = False) -> tuple[TestClient, Names]:
    """A client without the token, and the names of its session."""
    browser, names, _ = client_and_tickets(out, anonymous=anonymous)
    return browser, names


def client_and_tickets(out: Path, *, anonymous: bool = False) -> tuple[TestClient, Names, Tickets]:
    """The same, with the tokens that let a browser in."""
    names = Names(anonymous=anonymous, secret=b"secret")
    classroom = Classroom(out, None, Marks.open(out / MARKS))
    tickets = Tickets(lambda _: None)
    app = Guard(application(classroom, "alice", names), tickets=tickets, port=8000)
    return TestClient(app, base_url=ORIGIN, headers={"Origin": ORIGIN}), names, tickets


def logged_in(out: Path, *, anonymous: bool = False) -> tuple[TestClient, Names]:
    """A client that has opened the address with the token, and the names of its session."""
    browser, names, tickets = client_and_tickets(out, anonymous=anonymous)
    assert browser.get("/", params={"token": tickets.current}).status_code == 200
    return browser, names


def sent_mark(key: str, **changed: object) -> dict[str, object]:
    """A mark for question 1.1, as the page sends it."""
    return {
        "student": key, "part": "1.1", "points": 2, "comment": "", "expected": 0, **changed,
    }  # fmt: skip
