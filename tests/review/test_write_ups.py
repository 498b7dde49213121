"""The pane beside the cards of a write-up, by HTTP."""

import html
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from grader.marks.rules import MARKS
from grader.marks.store import Marks
from grader.results.folder import PAGES
from grader.review.names import Names
from grader.sandbox.child.draw_pdf import COVER
from grader.types import Report
from tests.review.browsers import logged_in, sent_mark
from tests.review.classes import STUDENTS, of_three
from tests.review.write_ups import honest, of_three_write_ups, of_write_ups

pytestmark = pytest.mark.system


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class of write-ups, and the folder with its results."""

    out: Path
    reports: tuple[Report, ...]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A class of three; the tests give no marks to one student twice."""
    out = tmp_path_factory.mktemp("write-ups")
    return Class(out=out, reports=of_three_write_ups(out))


@pytest.fixture
def of_one(tmp_path: Path) -> tuple[TestClient, Names]:
    """An anonymous session with one write-up, whose page names its student."""
    of_write_ups(tmp_path, {"ada": honest("ada")})
    return logged_in(tmp_path, anonymous=True)


def pane(browser: TestClient, key: str) -> str:
    """The pane of a student, its characters unescaped."""
    answer = browser.get(f"/write-up/{key}")
    assert answer.status_code == 200
    return html.unescape(answer.text)


def spots(shown: str) -> list[dict[str, object]]:
    """The spots in a pane."""
    found = re.search(r'data-spots="(.*?)" data-seen', shown)
    assert found
    return list(json.loads(found[1]))


def test_the_pane_has_answers_with_their_places(measured: Class) -> None:
    """Question, quote, page and boxes; the wrong cell with expectation and cause; no raw key."""
    browser, names = logged_in(measured.out)
    shown = pane(browser, names.key("ben"))
    for words in ("Report the device you are using", "Jetson Nano", "5.886 MB", "Usual cause"):
        assert words in shown
    device = next(each for each in spots(shown) if each["id"] == "answer.device/1")
    assert device["page"] == 2
    assert device["boxes"]
    wrong = [each for each in spots(shown) if "contradicts" in str(each["kind"])]
    assert [each["page"] for each in wrong] == [1]
    words = re.sub(r"<[^>]*>", " ", browser.get(f"/write-up/{names.key('ben')}").text)
    assert not re.search(r"answer\.|table\.|without-rewinding|float16_", words)


def test_every_card_of_a_rubric_says_what_was_found(measured: Class) -> None:
    """In the order by question too, where the pane is that of one student."""
    browser, names = logged_in(measured.out)
    shown = browser.get("/question/basic").text
    for student, said in (("ada", "7 of 9 answers"), ("ben", "1 cell contra"), ("cho", "0 of 9")):
        card = shown[shown.index(f'id="c-{names.key(student)}-basic"') :]
        assert said in card.partition("</article>")[0]
        assert f'data-beside="/write-up/{names.key(student)}"' in card
    assert "Quantization: Size (MB)" in browser.get(f"/student/{names.key('ben')}").text
    answer = browser.post("/marks", json=sent_mark(names.key("ada"), part="discussion", points=0.5))
    assert answer.status_code == 200


def test_only_pictures_of_its_own_pages_are_served(measured: Class) -> None:
    """As PNG that nothing may be fetched from; other numbers, students and labs have no page."""
    browser, names = logged_in(measured.out)
    key = names.key("ada")
    answer = browser.get(f"/write-up/{key}/3.png")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content.startswith(b"\x89PNG")
    for path in (f"{key}/0.png", f"{key}/4.png", f"{key}/{9**99}.png", f"{key}/-1.png", "no/1.png"):
        assert browser.get(f"/write-up/{path}").status_code == 404
    assert "img-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_lab_of_networks_has_no_pane_of_write_ups(tmp_path: Path) -> None:
    """Its pane shows the notebook."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    key = names.key(STUDENTS[0])
    assert browser.get(f"/write-up/{key}").status_code == 404
    assert browser.get(f"/write-up/{key}/1.png").status_code == 404


def test_a_page_that_cannot_be_drawn_has_a_reason(tmp_path: Path) -> None:
    """Also if the kept PDF is gone."""
    (one,) = of_write_ups(tmp_path, {"ada": honest("Ada")})
    browser, names = logged_in(tmp_path)
    kept = tmp_path / PAGES / f"{one.submission.files[0].sha256}.pdf"
    kept.write_bytes(b"%PDF-1.4 of another time")
    answer = browser.get(f"/write-up/{names.key('ada')}/2.png")
    assert (answer.status_code, "Page 2" in answer.text) == (422, True)
    kept.unlink()
    assert browser.get(f"/write-up/{names.key('ada')}/3.png").status_code == 404


def test_the_first_page_waits_for_a_cover(of_one: tuple[TestClient, Names]) -> None:
    """With hidden ids it is shown only when asked for, then with the box painted over."""
    browser, names = of_one
    key = names.key("ada")
    first = f"/write-up/{key}/1.png"
    assert browser.get(first).status_code == 409
    assert browser.get(f"/write-up/{key}/2.png").status_code == 200
    plain = browser.get(first, params={"uncovered": "yes"}).content
    box = [0.1, 0.05, 0.6, 0.12]
    sent = {"student": key, "seen": seen(browser, key), "choice": box, "expected": 0}
    assert browser.post("/covers", json=sent).status_code == 200
    covered = browser.get(first).content
    assert covered != plain
    picture = Image.open(io.BytesIO(covered))
    assert picture.getpixel((picture.width // 3, picture.height // 12)) == COVER
    assert "0.1,0.05,0.6,0.12" in pane(browser, key)


def seen(browser: TestClient, key: str) -> str:
    """The hash of the PDF, as the page sends it back."""
    found = re.search(r'data-seen="(\w+)"', pane(browser, key))
    assert found
    return found[1]


def test_a_name_that_cannot_be_hidden_is_said(of_one: tuple[TestClient, Names]) -> None:
    """Then the page is shown as it is, and taking it back hides the page again."""
    browser, names = of_one
    key = names.key("ada")
    sent = {"student": key, "seen": seen(browser, key), "expected": 0}
    answer = browser.post("/covers", json={**sent, "choice": "cannot be hidden"})
    assert answer.status_code == 200
    assert browser.get(f"/write-up/{key}/1.png").status_code == 200
    assert "alice said" in pane(browser, key)
    assert browser.post("/covers", json={**sent, "choice": "", "expected": 1}).status_code == 200
    assert browser.get(f"/write-up/{key}/1.png").status_code == 409


def test_a_cover_is_kept_with_the_marks_and_is_no_review(tmp_path: Path) -> None:
    """Another session has it, a second TA does not overwrite it, no card asks about it."""
    of_write_ups(tmp_path, {"ada": honest("Ada")})
    browser, names = logged_in(tmp_path)
    key = names.key("ada")
    sent = {"student": key, "seen": seen(browser, key), "choice": "no name", "expected": 0}
    before = browser.get(f"/student/{key}").text
    assert browser.post("/covers", json=sent).status_code == 200
    assert browser.post("/covers", json=sent).status_code == 409
    assert browser.post("/covers", json={**sent, "seen": "0" * 64}).status_code == 409
    assert browser.post("/covers", json={**sent, "choice": [0, 0, 9, 9]}).status_code == 400
    assert browser.get(f"/student/{key}").text == before
    again, others = logged_in(tmp_path, anonymous=True)
    assert again.get(f"/write-up/{others.key('ada')}/1.png").status_code == 200
    with Marks.open(tmp_path / MARKS) as marks:
        assert marks.current() == {}


def test_quotes_and_reasons_do_not_name_the_student(of_one: tuple[TestClient, Names]) -> None:
    """The quote of page 1 begins with the name."""
    browser, names = of_one
    shown = pane(browser, names.key("ada"))
    assert "Raspberry Pi" in shown
    assert names.shown("ada") in shown
    assert not re.search(r"\bada\b", shown)
