"""A class of write-ups marked in a real browser, by keyboard only."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from grader.sandbox.child.draw_pdf import COVER
from tests.review.test_browser import arrive, give, reviewing, totals
from tests.review.write_ups import WRITERS, honest, of_three_write_ups, of_write_ups

pytestmark = [pytest.mark.system, pytest.mark.slow]

SLOW = 20_000  # ms: a page is drawn in the sandbox, on a busy machine


def listened(page: Page) -> list[str]:
    """The errors of scripts and of the policy, from now on."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "olicy" in said.text else None)
    return faults


def is_drawn(page: Page, number: str) -> Locator:
    """Wait until this page of the write-up is on the screen, and return its picture."""
    expect(page.locator(".turn .number")).to_have_text(number, timeout=SLOW)
    picture = page.locator(".drawn img")
    expect(picture).to_have_count(1, timeout=SLOW)
    expect(picture).to_be_visible()
    return picture


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("(each) => each === document.activeElement"):
            return
    raise AssertionError("Tab does not reach it.")


def test_a_class_of_write_ups_is_marked_by_keyboard(tmp_path: Path, browser: Browser) -> None:
    """From the class to the last mark: every item of every student, with the pages beside."""
    of_three_write_ups(tmp_path)
    with reviewing(tmp_path, "alice") as address:
        page = browser.new_context().new_page()
        faults = listened(page)
        page.goto(address)
        tab_to(page, page.get_by_role("link", name="Submission"))
        page.keyboard.press("Enter")
        for item, points in (
            ("Submission", "222"),
            ("Basic requirements", "430"),
            ("Report", "210"),
        ):
            arrive(page, item)
            for number, given in enumerate(points, start=1):
                give(page, given, number)
            page.keyboard.press("k")
            page.keyboard.press("k")  # `n` keeps the student
            expect(page.locator(".card.current .who")).to_have_text("ada")
            page.keyboard.press("n")
        arrive(page, "Thoughtful discussion")
        page.keyboard.press("0")
        page.keyboard.type(".5")
        page.keyboard.press("Enter")
        expect(page.locator(".card.settled")).to_have_count(1)
        expect(page.locator(".card.current .who")).to_have_text("ben")
        page.keyboard.press("c")
        page.keyboard.type("Which board?")
        page.keyboard.press("Escape")
        give(page, "1", 2)
        expect(page.locator(".card.settled .said")).to_have_text("Which board?")
        expect(page.locator(".card.current .earlier option")).to_have_text(
            ["choose …", "Which board?"]
        )
        give(page, "0", 3)
        assert faults == []
    assert totals(tmp_path) == {"ada": 8.5, "ben": 7.0, "cho": 2.0}


def test_findings_and_pages_are_turned_by_keys(tmp_path: Path, browser: Browser) -> None:
    """The finding that was chosen is chosen at the next student and in the next question too."""
    of_three_write_ups(tmp_path)
    with reviewing(tmp_path, "alice") as address:
        page = browser.new_context().new_page()
        faults = listened(page)
        page.goto(address)
        page.get_by_role("link", name="Basic requirements").click()
        arrive(page, "Basic requirements")
        press = page.keyboard.press
        is_drawn(page, "page 1 of 3")
        press(".")
        is_drawn(page, "page 2 of 3")
        expect(page.locator(".box.fits")).to_have_count(8)  # sizes, and accuracies in the bands
        press("f")
        is_drawn(page, "page 1 of 3")
        chosen = page.locator(".findings [data-spot][aria-current]")
        expect(chosen).to_have_attribute("data-spot", "answer.device/1")
        line = page.locator(".box.passage.chosen").first
        box, picture = line.bounding_box(), page.locator(".drawn img").bounding_box()
        assert box
        assert picture
        assert 0.05 < (box["y"] - picture["y"]) / picture["height"] < 0.15
        press("j")
        expect(page.locator(".pane h2")).to_contain_text("ben")
        is_drawn(page, "page 2 of 2")
        expect(chosen).to_have_attribute("data-spot", "answer.device/1")
        press("n")
        arrive(page, "Report")
        is_drawn(page, "page 2 of 2")
        press("q")
        arrive(page, "ben")
        is_drawn(page, "page 2 of 2")
        wrong = page.locator(".findings .bad [data-spot]")
        for _ in range(20):
            press("f")
            if wrong.get_attribute("aria-current") is not None:
                break
        is_drawn(page, "page 1 of 2")
        expect(page.locator(".box.contradicts.chosen")).to_have_count(1)
        press("m")
        expect(page.locator(".findings .list")).to_be_hidden()
        press("j")
        arrive(page, "cho")
        is_drawn(page, "page 1 of 1")
        expect(page.locator(".findings .list")).to_be_hidden()
        press(".")
        expect(page.locator("#status")).to_contain_text("last")
        press("PageUp")
        expect(page.locator("#status")).to_contain_text("first")
        assert faults == []


def middle(picture: Locator) -> tuple[int, ...]:
    """The colour on the screen where the first line of text stands."""
    seen = Image.open(io.BytesIO(picture.screenshot())).convert("RGB")
    found = seen.getpixel((round(seen.width * 0.2), round(seen.height * 0.085)))
    assert isinstance(found, tuple)
    return found


def test_a_name_is_covered_by_keys_and_by_pointer(tmp_path: Path, browser: Browser) -> None:
    """With hidden ids page 1 waits for a box; it is kept, and the next session has it."""
    of_write_ups(tmp_path, {each: honest(f"The name is {each}") for each in WRITERS[:2]})
    with reviewing(tmp_path, "alice", "--anonymous") as address:
        page = browser.new_context(viewport={"width": 1600, "height": 1400}).new_page()
        faults = listened(page)
        page.goto(address)
        page.get_by_role("link", name="Basic requirements").click()
        arrive(page, "Basic requirements")
        ask = page.locator(".ask")
        expect(ask).to_be_visible(timeout=SLOW)
        expect(page.locator(".drawn img")).to_have_count(0)
        page.keyboard.press("h")
        picture = is_drawn(page, "page 1 of 3")
        cover = page.locator(".box.cover")
        before = cover.bounding_box()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Shift+ArrowDown")
        after = cover.bounding_box()
        assert before
        assert after
        assert after["y"] > before["y"]
        assert after["height"] > before["height"]
        page.keyboard.press("Enter")
        expect(page.locator(".covering")).to_be_hidden()
        is_drawn(page, "page 1 of 3")
        assert max(middle(picture)) <= max(COVER)
        page.keyboard.press("j")
        expect(ask).to_be_visible(timeout=SLOW)
        page.keyboard.press("h")
        area = is_drawn(page, "page 1 of 3").bounding_box()
        assert area
        page.mouse.move(area["x"] + 0.1 * area["width"], area["y"] + 0.06 * area["height"])
        page.mouse.down()
        page.mouse.move(area["x"] + 0.6 * area["width"], area["y"] + 0.11 * area["height"])
        page.mouse.up()
        page.locator(".covering").get_by_role("button", name="Save").click()
        expect(page.locator(".covering")).to_be_hidden()
        is_drawn(page, "page 1 of 3")
        assert max(middle(picture)) <= max(COVER)
        assert not any(re.search("ada|ben", each) for each in [page.content()])
        assert faults == []
    with reviewing(tmp_path, "bob", "--anonymous") as address:
        page = browser.new_context().new_page()
        page.goto(address)
        page.get_by_role("link", name="Basic requirements").click()
        arrive(page, "Basic requirements")
        is_drawn(page, "page 1 of 3")
        expect(page.locator(".ask")).to_be_hidden()


def test_remarks_zeros_and_undo_in_a_class_of_write_ups(tmp_path: Path, browser: Browser) -> None:
    """As in a lab of networks, beside the levels of a rubric; every PDF is there."""
    of_three_write_ups(tmp_path)
    with reviewing(tmp_path, "alice") as address:
        page = browser.new_context().new_page()
        faults = listened(page)
        page.goto(address)
        page.get_by_role("link", name="Report").first.click()
        arrive(page, "Report")
        earned = page.locator(".card .earned strong")
        page.locator("[data-new-remark]").click()
        page.locator(".remark-form [name=words]").fill("no comparison with the laptop")
        page.locator(".remark-form [name=off]").fill("-0.5")
        page.locator(".remark-form [type=submit]").click()
        expect(page.locator(".card.settled")).to_have_count(1)
        first = earned.first.inner_text()
        page.keyboard.press("j")
        page.keyboard.press("Shift+Digit1")
        expect(page.locator(".card.settled")).to_have_count(2)
        expect(earned.nth(1)).to_have_text(first)
        page.keyboard.press("Control+z")
        expect(page.locator(".card.settled")).to_have_count(1)
        page.keyboard.press("z")
        expect(page.locator("dialog#zeros")).to_contain_text("Nothing is pending")
        page.keyboard.press("Escape")
        page.keyboard.press("u")
        expect(page.locator(".card.current .earned strong")).to_have_text("pending")
        assert faults == []
