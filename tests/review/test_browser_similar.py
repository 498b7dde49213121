"""Two similar hand-ins side by side, in Chromium."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.report.checkers import axe
from tests.report.test_browser import SCHEMES
from tests.review.classes import STUDENTS, of_three
from tests.review.test_browser import reviewing
from tests.review.test_similar_pages import keep

pytestmark = [pytest.mark.system, pytest.mark.slow]


def test_a_person_says_that_a_pair_is_no_copy(tmp_path: Path, browser: Browser) -> None:
    """From the class to the pair by keyboard; it fits a phone, axe finds nothing serious."""
    keep(tmp_path, of_three(tmp_path))
    source = axe()
    with reviewing(tmp_path, "alice") as address:
        page = browser.new_context().new_page()
        page.goto(address)
        page.get_by_role("link", name="Similar hand-ins").press("Enter")
        expect(page.locator("h1")).to_have_text("Similar hand-ins")
        page.get_by_role("link", name=f"{STUDENTS[0]} and {STUDENTS[1]}").press("Enter")
        expect(page.locator("h1")).to_have_text(f"{STUDENTS[0]} and {STUDENTS[1]}")
        for width in (390, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(source)
        for scheme, rules in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate("options => axe.run(options)", rules)
            serious = [
                each for each in found["violations"] if each["impact"] in ("serious", "critical")
            ]
            assert [(each["id"], each["nodes"][0]["html"][:200]) for each in serious] == []
        page.get_by_label("Comment, for the staff").fill("Both quote the slides.")
        page.get_by_role("button", name="Looked at: not a copy").press("Enter")
        said = re.compile("not a copy.*alice.*slides", re.DOTALL)
        expect(page.locator(".held")).to_have_text(said)
        page.get_by_role("button", name="Take back").press("Enter")
        expect(page.locator(".history")).to_contain_text("2")
        expect(page.get_by_role("button", name="Looked at: not a copy")).to_be_visible()
