import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.batch import folder_lock
from grader.batch.folder_lock import FolderLock
from grader.intake.person import person_with
from grader.labs.network_lab import NetworkLab
from grader.marks.rules import MARKS
from grader.marks.store import Marks
from grader.results.folder import LOCK
from grader.scoring.grade import grade
from grader.types import Grade, Mark, Measurement
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


def test_a_mark_scores_one_student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the class, and the lab's hash is not computed again."""
    class_ = of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    assert browser.get("/").status_code == 200
    scored: list[Sequence[Measurement]] = []
    hashed: list[NetworkLab] = []

    def counted(
        lab: NetworkLab, measurements: Sequence[Measurement], *more: Any, **named: Any
    ) -> Grade:
        scored.append(measurements)
        return grade(lab, measurements, *more, **named)

    monkeypatch.setattr("grader.marks.rules.grade", counted)
    monkeypatch.setattr("grader.labs.spec.content_sha256", hashed.append)
    key = names.key(STUDENTS[1])
    assert browser.post("/marks", json=sent_mark(key)).status_code == 200
    assert scored
    assert all(each == class_[1].measurements for each in scored)
    assert hashed == []


def test_a_mark_is_answered_while_a_batch_holds_the_folder(tmp_path: Path) -> None:
    """Nobody waits for the folder, and the pages open."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    key = names.key(STUDENTS[0])
    with FolderLock(tmp_path / LOCK):
        began = time.monotonic()
        answer = browser.post("/marks", json=sent_mark(key))
        assert answer.status_code == 200
        assert "settled" in answer.json()["card"]
        for path in ("/", f"/student/{key}", "/question/1.1"):
            assert browser.get(path).status_code == 200
        assert time.monotonic() - began < folder_lock.SECONDS_TO_WAIT / 2


def test_a_card_shows_another_tas_mark(tmp_path: Path) -> None:
    """A page opened again has the marks that others have given in the meantime."""
    of_three(tmp_path)
    browser, _ = logged_in(tmp_path)
    assert "bob" not in browser.get("/question/1.1").text
    theirs = Mark(
        person=person_with(STUDENTS[0]),
        student=STUDENTS[0],
        part="1.1",
        points=1,
        comment="why",
        author="bob",
        at="now",
        version=1,
    )
    with Marks.open(tmp_path / MARKS) as marks:
        marks.save(theirs, 0)
        assert "bob" in browser.get("/question/1.1").text
        marks.save(replace(theirs, comment="since", version=2), 1)
        assert "since" in browser.get("/question/1.1").text
