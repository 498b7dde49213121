from pathlib import Path

import pytest
from starlette.testclient import TestClient

from grader.marks.rules import MARKS
from grader.marks.store import Marks
from grader.report import json
from grader.results.folder import SHEET
from grader.review.app import application
from grader.review.classroom import Classroom
from grader.review.guard import Guard
from grader.review.names import Names
from grader.types import Mark, Report
from tests.review.classes import STUDENTS, hostile, of_three, with_a_cut_answer

TOKEN = "right"
ORIGIN = "http://127.0.0.1:8000"


def client(out: Path, *, anonymous: bool = False) -> tuple[TestClient, Names]:
    """A browser that has no token yet, and the names of its session."""
    names = Names(anonymous=anonymous, secret=b"secret")
    classroom = Classroom(out, None, Marks.open(out / MARKS))
    app = Guard(application(classroom, "alice", names), token=TOKEN, port=8000)
    return TestClient(app, base_url=ORIGIN, headers={"Origin": ORIGIN}), names


def let_in(out: Path, *, anonymous: bool = False) -> tuple[TestClient, Names]:
    """The same after it opened the address with the token."""
    browser, names = client(out, anonymous=anonymous)
    assert browser.get("/", params={"token": TOKEN}).status_code == 200
    return browser, names


def asked(key: str, **changed: object) -> dict[str, object]:
    """A mark for question 1.1 as the page sends it."""
    return {
        "student": key, "part": "1.1", "points": 2, "comment": "", "expected": 0, **changed,
    }  # fmt: skip


def written(out: Path, student: str) -> Report:
    """What report.json says of a student."""
    return json.parse((out / student / "report.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/static/review.js", "/student/x"])
def test_without_the_token_there_is_nothing(tmp_path: Path, path: str) -> None:
    """Every request is refused until the address with the token was opened."""
    of_three(tmp_path)
    assert client(tmp_path)[0].get(path).status_code == 403


def test_the_token_becomes_a_cookie_that_scripts_cannot_read(tmp_path: Path) -> None:
    """It leaves the address at once."""
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
    """Another name, another port's page and a form are refused, token or not."""
    of_three(tmp_path)
    browser, names = let_in(tmp_path)
    answer = browser.post("/marks", json=asked(names.key(STUDENTS[0])), headers=headers)
    assert answer.status_code == status
    assert Marks.open(tmp_path / MARKS).current() == {}


def test_a_mark_is_in_the_files_at_once(tmp_path: Path) -> None:
    """report.json and grades.csv have it when the page says that it is saved."""
    before = of_three(tmp_path)[0].grade
    sheet = (tmp_path / SHEET).read_text(encoding="utf-8")
    browser, names = let_in(tmp_path)
    assert browser.post("/marks", json=asked(names.key(STUDENTS[0]))).status_code == 200
    after = written(tmp_path, STUDENTS[0]).grade
    assert before.total is not None
    assert after.total == before.total + 2
    assert after.pending == before.pending - 2
    assert (tmp_path / SHEET).read_text(encoding="utf-8") != sheet


def test_a_conflict_shows_both(tmp_path: Path) -> None:
    """The newer mark stays, the one that came late is shown beside it."""
    of_three(tmp_path)
    browser, names = let_in(tmp_path)
    with Marks.open(tmp_path / MARKS) as marks:
        theirs = Mark(
            student=STUDENTS[0], part="1.1", points=1, comment="theirs", author="bob", at="now",
            version=1,
        )  # fmt: skip
        marks.save(theirs, 0)
        answer = browser.post("/marks", json=asked(names.key(STUDENTS[0]), comment="mine"))
        assert answer.status_code == 409
        assert "theirs" in answer.json()["card"]
        assert "mine" in answer.json()["card"]
        assert marks.of(STUDENTS[0]) == {"1.1": theirs}


@pytest.mark.parametrize(
    "changed",
    [
        {"points": 3},
        {"points": -1},
        {"points": "2"},
        {"points": True},
        {"part": "9"},
        {"part": "2", "points": 1},
        {"expected": "0"},
        {"more": 1},
        {"points": 10**400},
    ],
)
def test_what_is_no_mark_is_refused(tmp_path: Path, changed: dict[str, object]) -> None:
    """Points out of range, an unknown question and an override without a reason keep nothing."""
    of_three(tmp_path)
    browser, names = let_in(tmp_path)
    answer = browser.post("/marks", json=asked(names.key(STUDENTS[0]), **changed))
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert Marks.open(tmp_path / MARKS).current() == {}


def test_hidden_ids_are_nowhere(tmp_path: Path) -> None:
    """No page of an anonymous session has an id in it, the notebook's neither."""
    of_three(tmp_path)
    browser, names = let_in(tmp_path, anonymous=True)
    key = names.key(STUDENTS[0])
    for path in ("/", f"/student/{key}", "/question/1.1", f"/notebook/{key}"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert not any(student in answer.text for student in STUDENTS)


def test_hostile_names_are_text(tmp_path: Path) -> None:
    """What a hand-in says stays words on every page."""
    one = hostile(tmp_path)
    browser, names = let_in(tmp_path)
    for path in ("/", f"/student/{names.key(one.submission.id)}", "/question/1.1"):
        shown = browser.get(path).text
        assert "onerror" in shown or "onload" in shown
        assert "<img" not in shown
        assert "<b onload" not in shown


def test_every_card_says_what_was_asked(tmp_path: Path) -> None:
    """The lab's own words, above a student's answers and above all answers to one question."""
    of_three(tmp_path)
    browser, names = let_in(tmp_path)
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
    """How much of it is missing, and in which cell it is whole."""
    one = with_a_cut_answer(tmp_path, left_out)
    browser, names = let_in(tmp_path)
    key = names.key(one.submission.id)
    shown = browser.get("/question/1.1").text
    rest = shown[shown.index(said) :]
    assert rest[len(said) :].lstrip().startswith(f'<a href="/notebook/{key}#cell-1"')
    assert "more character" not in browser.get("/question/1.2").text
