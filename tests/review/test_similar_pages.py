"""The list of similar hand-ins and two of them side by side, by HTTP."""

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from grader.marks.decisions import Given
from grader.marks.not_a_copy import NOT_A_COPY, looked_at, pair_case
from grader.marks.rules import MARKS
from grader.marks.store import given_to
from grader.results.folder import SIMILAR
from grader.results.write import write_results
from grader.review.names import Names
from grader.similarity.kept import KeptSimilar, keep_similar
from grader.similarity.listing import Found, Listed
from grader.types import Report
from tests.report.examples import HOSTILE_ID, HOSTILE_REASON, LAB
from tests.report.write_ups import DUE
from tests.review.browsers import logged_in
from tests.review.classes import STUDENTS, hostile, of_three
from tests.similarity.write_ups import latencies, of, paragraph

pytestmark = pytest.mark.system

A, B, C = STUDENTS


def keep(out: Path, reports: tuple[Report, ...]) -> None:
    """Keep a list: the first two are a pair, all are a group, and the class shares a template."""
    ids = tuple(each.submission.id for each in reports)
    found = Found(
        pairs=(Listed(students=(ids[0], ids[1]), evidence=("tensors: 3 of 3",)),),
        groups=(Listed(students=ids, evidence=("kernels: 40",)),),
        whole=Listed(students=ids, evidence=("the template",)),
        compared="3 networks",
    )
    keep_similar(KeptSimilar.of(found, reports, Given()), out)


@pytest.fixture
def class_(tmp_path: Path) -> tuple[Report, ...]:
    """A class of three with a kept list, in `tmp_path`."""
    reports = of_three(tmp_path)
    keep(tmp_path, reports)
    return reports


def page(browser: TestClient, address: str) -> str:
    """The text of a page, on one line."""
    answer = browser.get(address)
    assert answer.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def decision(names: Names, reports: tuple[Report, ...], **changed: object) -> dict[str, object]:
    """A decision on the first two, as the page sends it."""
    one, other = reports[:2]
    return {
        "one": names.key(one.submission.id),
        "other": names.key(other.submission.id),
        "seen": pair_case(one.submission, other.submission),
        "choice": NOT_A_COPY,
        "comment": "",
        "expected": 0,
        **changed,
    }


@pytest.mark.usefixtures("class_")
def test_the_list_has_pairs_groups_and_what_the_class_shares(tmp_path: Path) -> None:
    """Each pair leads to its page."""
    browser, names = logged_in(tmp_path)
    text = page(browser, "/similar")
    assert "To look at 1" in text
    assert f"{A} and {B}" in text
    assert "tensors: 3 of 3" in text
    assert "kernels: 40" in text
    assert "nearly the whole class" in text
    assert f'href="/similar/{names.key(A)}/{names.key(B)}"' in browser.get("/similar").text
    assert 'href="/similar"' in browser.get("/").text


def test_without_a_list_the_page_says_what_to_do(tmp_path: Path) -> None:
    """So does a list of another program."""
    of_three(tmp_path)
    browser, _ = logged_in(tmp_path)
    assert "grader similar" in page(browser, "/similar")
    (tmp_path / SIMILAR).write_text("{")
    assert "grader similar" in page(browser, "/similar")


def test_two_hand_ins_stand_side_by_side(tmp_path: Path, class_: tuple[Report, ...]) -> None:
    """With evidence, answers and networks; also two that the list does not have."""
    browser, names = logged_in(tmp_path)
    text = page(browser, f"/similar/{names.key(A)}/{names.key(B)}")
    for words in ("tensors: 3 of 3", "bell-shaped", "Networks", "43.396277", "71.006130"):
        assert words in text
    assert "does not have these two" in page(browser, f"/similar/{names.key(A)}/{names.key(C)}")
    assert browser.get(f"/similar/{names.key(A)}/{names.key(A)}").status_code == 404
    assert browser.get(f"/similar/{names.key(A)}/nobody").status_code == 404
    assert len(class_) == 3


def test_not_a_copy_is_kept_and_can_be_taken_back(
    tmp_path: Path, class_: tuple[Report, ...]
) -> None:
    """In the database of marks, with its history; the student's own page does not show it."""
    browser, names = logged_in(tmp_path)
    address = f"/similar/{names.key(A)}/{names.key(B)}"
    sent = decision(names, class_, comment="Both quote the slides.")
    assert browser.post("/similar", json=sent).status_code == 200
    assert "Looked at: not a copy. alice" in page(browser, address)
    assert "Both quote the slides." in page(browser, address)
    assert "Looked at: not a copy 1" in page(browser, "/similar")
    given = given_to(tmp_path, str(tmp_path / MARKS), [each.submission for each in class_])
    assert looked_at(given, class_[0].submission, class_[1].submission) is not None
    for student in (A, B):
        assert "not a copy" not in page(browser, f"/student/{names.key(student)}")
    back = decision(names, class_, choice="", expected=1)
    assert browser.post("/similar", json=back).status_code == 200
    assert "To look at 1" in page(browser, "/similar")
    assert "taken back alice" in page(browser, address)


def test_a_decision_after_somebody_elses_is_refused(
    tmp_path: Path, class_: tuple[Report, ...]
) -> None:
    """Nothing is lost: the first stays, and the second hears of it."""
    browser, names = logged_in(tmp_path)
    assert browser.post("/similar", json=decision(names, class_)).status_code == 200
    late = browser.post("/similar", json=decision(names, class_, choice=""))
    assert late.status_code == 409
    assert "alice" in late.json()["error"]
    assert "Looked at: not a copy 1" in page(browser, "/similar")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"seen": "other hand-ins"}, 409),
        ({"choice": "a copy"}, 400),
        ({"expected": "0"}, 400),
        ({"comment": "x" * 5_000}, 400),
        ({"comment": None}, 400),
        ({"more": 1}, 400),
        ({"other": "nobody"}, 404),
    ],
)
def test_a_wrong_request_saves_nothing(
    tmp_path: Path, class_: tuple[Report, ...], changed: dict[str, object], status: int
) -> None:
    """The reply says why."""
    browser, names = logged_in(tmp_path)
    assert browser.post("/similar", json=decision(names, class_, **changed)).status_code == status
    assert "To look at 1" in page(browser, "/similar")


def test_a_pair_that_was_compared_before_a_new_hand_in_is_not_shown(tmp_path: Path) -> None:
    """The page says to compare again, and a decision on the old hand-ins does not hold."""
    reports = of_three(tmp_path)
    old = replace(reports[0], submission=replace(reports[0].submission, sha256="0" * 64))
    keep(tmp_path, (old, *reports[1:]))
    browser, _ = logged_in(tmp_path)
    text = page(browser, "/similar")
    assert "To look at 0" in text
    assert "Pairs that are not shown: 1." in text


@pytest.mark.usefixtures("class_")
def test_pseudonyms_hide_both_students(tmp_path: Path) -> None:
    """Neither page has an id."""
    browser, names = logged_in(tmp_path, anonymous=True)
    for address in ("/similar", f"/similar/{names.key(A)}/{names.key(B)}"):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert not any(student in answer.text for student in STUDENTS)
        assert names.shown(A) in answer.text


def test_write_ups_stand_side_by_side(tmp_path: Path) -> None:
    """Paragraphs with the words that both have, and the cells of both tables."""
    reports = tuple(of(name, latencies(3), paragraph(3)) for name in ("S1", "S2", "S3"))
    write_results(reports, DUE, tmp_path)
    keep(tmp_path, reports)
    browser, names = logged_in(tmp_path)
    text = page(browser, f"/similar/{names.key('S1')}/{names.key('S2')}")
    assert "Paragraph on page 1 100 % the same" in text
    assert "21 of 21 are the same" in text


def test_hostile_text_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    """Markup in ids, answers and evidence makes no element."""
    one = hostile(tmp_path)
    two = of_three(tmp_path)[0]
    write_results([one, two], LAB, tmp_path)
    evidence = (HOSTILE_REASON.replace("\ud800", ""),)
    pair = Listed(students=(one.submission.id, two.submission.id), evidence=evidence)
    found = Found(pairs=(pair,), groups=(), whole=None, compared="2 networks")
    keep_similar(KeptSimilar.of(found, [one, two], Given()), tmp_path)
    browser, names = logged_in(tmp_path)
    for address in ("/similar", f"/similar/{names.key(HOSTILE_ID)}/{names.key(A)}"):
        raw = browser.get(address).text
        assert "<img" not in raw
        assert "<b " not in raw
        assert "&lt;img src=x onerror=alert(2)&gt;" in raw
