"""totals.html in a browser: search, sorting, widths, keyboard and axe."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from grader.course.page import page
from tests.course.examples import example_totals
from tests.report.checkers import axe
from tests.report.test_browser import SCHEMES

pytestmark = [pytest.mark.system, pytest.mark.slow]


@pytest.fixture(scope="module")
def totals_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a class with every state."""
    folder = tmp_path_factory.mktemp("course")
    file = folder / "totals.html"
    file.write_text(page(example_totals(folder, 3)), encoding="utf-8")
    return file


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_nothing_is_wider_than_the_window(browser: Browser, totals_page: Path, width: int) -> None:
    """And the browser complains of nothing."""
    tab = browser.new_page(viewport={"width": width, "height": 900})
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(totals_page.as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    tab.close()


def test_students_are_sorted_and_searched_by_keyboard(browser: Browser, totals_page: Path) -> None:
    """By the total, the highest first; an unknown total is the last."""
    tab = browser.new_page()
    tab.goto(totals_page.as_uri())
    tab.get_by_role("button", name="Total").focus()
    tab.keyboard.press("Enter")
    students = tab.locator("table.class tbody tr:visible th")
    expect(students.first).to_have_text("B1")
    expect(students.last).to_have_text("B4")
    tab.get_by_label("Search").fill("jane")
    expect(students).to_have_text(["B1"])
    tab.close()


def test_axe_finds_nothing_serious_in_the_totals(browser: Browser, totals_page: Path) -> None:
    """In light and dark mode."""
    source = axe()
    tab = browser.new_page()
    tab.goto(totals_page.as_uri())
    tab.evaluate(source)
    for scheme, rules in SCHEMES:
        tab.emulate_media(color_scheme=scheme)
        found = tab.evaluate("options => axe.run(options)", rules)
        serious = [
            each for each in found["violations"] if each["impact"] in {"serious", "critical"}
        ]
        assert serious == []
    tab.close()
