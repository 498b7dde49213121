from pathlib import Path

import pytest

from grader.intake.person import person_with
from grader.marks.rules import MARKS
from grader.marks.store import Marks
from grader.types import Mark
from tests.review.browsers import logged_in, sent_mark
from tests.review.classes import STUDENTS, hostile, of_three


def test_a_conflict_shows_both(tmp_path: Path) -> None:
    """The newer mark stays; the refused one is shown beside it."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    with Marks.open(tmp_path / MARKS) as marks:
        theirs = Mark(
            person=person_with(STUDENTS[0]), student=STUDENTS[0],
            part="1.1", points=1, comment="theirs", author="bob", at="now",
            version=1,
        )  # fmt: skip
        marks.save(theirs, 0)
        answer = browser.post("/marks", json=sent_mark(names.key(STUDENTS[0]), comment="mine"))
        assert answer.status_code == 409
        assert "theirs" in answer.json()["card"]
        assert "mine" in answer.json()["card"]
        assert marks.of(person_with(STUDENTS[0])) == {"1.1": theirs}


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
def test_an_invalid_mark_is_refused(tmp_path: Path, changed: dict[str, object]) -> None:
    """Points out of range, an unknown question, an override without a comment: nothing is saved."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    answer = browser.post("/marks", json=sent_mark(names.key(STUDENTS[0]), **changed))
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert Marks.open(tmp_path / MARKS).current() == {}


def test_hostile_texts_stay_text(tmp_path: Path) -> None:
    """Texts of a hand-in are escaped on every page."""
    one = hostile(tmp_path)
    browser, names = logged_in(tmp_path)
    for path in ("/", f"/student/{names.key(one.submission.id)}", "/question/1.1"):
        shown = browser.get(path).text
        assert "onerror" in shown or "onload" in shown
        assert "<img" not in shown
        assert "<b onload" not in shown
