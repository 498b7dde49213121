"""Decisions that a student's page sends, from the request to the files."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

from starlette.testclient import TestClient

from grader.marks.rules import MARKS, scoring
from grader.marks.store import Marks, everything
from grader.results.choice import counted, keep_several
from grader.results.read import read_results
from grader.results.write import write_results
from grader.review.classroom import open_classroom
from grader.types import Report
from tests.report.examples import LAB, but, passed
from tests.review.browsers import logged_in

WHY = "its notebook has another name"


def class_with_a_choice(out: Path) -> tuple[Report, Report]:
    """Write a class in which B1 has two hand-ins and B2 needs a review; return B1's."""
    first, second = passed("B1", 44.0, 9300, 0.4), passed("B1", 60.0, 9200, 0.5)
    second = replace(second, submission=replace(second.submission, sha256="bb" * 32))
    layout = next(each for each in first.measurements if each.id == "intake.layout")
    other = but(passed("B2", 50.0, 9250, 0.4), replace(layout, review=WHY))
    hand_ins = (first, second, other)
    out.mkdir(exist_ok=True)
    keep_several(hand_ins, out)
    with Marks.open(out / MARKS) as marks:
        write_results(counted(hand_ins, scoring(LAB, "now"), everything(marks)), LAB, out)
    return first, second


def forms(browser: TestClient, key: str) -> list[dict[str, str]]:
    """The data of the forms on a student's page."""
    page = browser.get(f"/student/{key}").text
    found = re.findall(r'<form class="decision [^>]*>', page)
    return [dict(re.findall(r'data-(\w+)="([^"]*)"', each)) for each in found]


def sent(form: dict[str, str], choice: str, comment: str = "") -> dict[str, object]:
    """A decision as the page sends it."""
    return {
        "student": form["key"], "subject": unescape(form["subject"]), "seen": form["seen"],
        "choice": choice, "comment": comment, "expected": int(form["version"]),
    }  # fmt: skip


def row(out: Path, student: str) -> Report:
    """The report of a student after everything is written."""
    with open_classroom(out, None, None) as classroom:
        classroom.write()
    return next(each for each in read_results(out) if each.submission.id == student)


def test_the_chosen_hand_in_counts_in_every_file(tmp_path: Path) -> None:
    """Then the other one, if somebody changes their mind; taken back, none counts."""
    first, second = class_with_a_choice(tmp_path)
    assert row(tmp_path, "B1").grade.total is None
    browser, names = logged_in(tmp_path)
    assert "no hand-in is chosen" in browser.get("/").text
    for chosen in (first, second):
        (form,) = forms(browser, names.key("B1"))
        answer = browser.post("/decisions", json=sent(form, chosen.submission.sha256, "newer"))
        assert answer.status_code == 200
        found = row(tmp_path, "B1")
        assert found.submission.sha256 == chosen.submission.sha256
        assert found.measurements == chosen.measurements
        assert not found.grade.needs_review
    (form,) = forms(browser, names.key("B1"))
    assert browser.post("/decisions", json=sent(form, "")).status_code == 200
    assert row(tmp_path, "B1").grade.total is None


def test_a_third_hand_in_is_asked_for_again(tmp_path: Path) -> None:
    """The decision stays in the history."""
    first, second = class_with_a_choice(tmp_path)
    browser, names = logged_in(tmp_path)
    (form,) = forms(browser, names.key("B1"))
    assert browser.post("/decisions", json=sent(form, first.submission.sha256)).status_code == 200
    third = replace(second, submission=replace(second.submission, sha256="cc" * 32))
    keep_several((first, second, third), tmp_path)
    assert row(tmp_path, "B1").grade.total is None
    assert "alice" in browser.get(f"/student/{names.key('B1')}").text
    assert browser.post("/decisions", json=sent(form, "", "")).status_code == 409


def test_a_settled_review_leaves_the_lists(tmp_path: Path) -> None:
    """It stays on the student's page with its author, and can be taken back."""
    class_with_a_choice(tmp_path)
    browser, names = logged_in(tmp_path)
    key = names.key("B2")
    assert row(tmp_path, "B2").grade.needs_review
    (form,) = forms(browser, key)
    assert browser.post("/decisions", json=sent(form, "looked at", "a typo")).status_code == 200
    settled = row(tmp_path, "B2")
    assert not settled.grade.needs_review
    assert "B2" not in browser.get("/", params={"show": "review"}).text
    page = browser.get(f"/student/{key}").text
    assert "alice" in page
    assert "a typo" in page
    (form,) = forms(browser, key)
    assert browser.post("/decisions", json=sent(form, "")).status_code == 200
    assert row(tmp_path, "B2").grade.needs_review


def test_two_decide_at_once(tmp_path: Path) -> None:
    """The second is told; a decision of the wrong form is refused."""
    first, second = class_with_a_choice(tmp_path)
    browser, names = logged_in(tmp_path)
    (form,) = forms(browser, names.key("B1"))
    assert browser.post("/decisions", json=sent(form, first.submission.sha256)).status_code == 200
    answer = browser.post("/decisions", json=sent(form, second.submission.sha256))
    assert answer.status_code == 409
    assert "alice" in answer.json()["error"]
    assert browser.post("/decisions", json={}).status_code == 400
    json = {"Content-Type": "application/json"}
    assert browser.post("/decisions", content=b"[", headers=json).status_code == 400
