"""The page of a large class, opened from its file in Debian's Chromium."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from grader.report.pages.class_page import FIRST_ROWS, index
from grader.scoring.grade import grade
from tests.report.examples import LAB, passed
from tests.review.classes import ANSWERS, questions

STUDENTS = 250

pytestmark = [pytest.mark.system, pytest.mark.slow]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a class with more rows than are drawn at first, and with marks by question."""
    class_ = []
    for number in range(STUDENTS):
        base = passed(f"B{number:03}", 40.0 + number / 10, 9_300 - number, 0.4)
        measured = (*base.measurements, *questions(ANSWERS, {}))
        class_.append(replace(base, measurements=measured, grade=grade(LAB, measured)))
    written = tmp_path_factory.mktemp("large") / "index.html"
    written.write_text(index(class_, LAB), encoding="utf-8")
    return written


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[Page]:
    """The open page."""
    with browser.new_context() as context:
        opened = context.new_page()
        opened.goto(file.as_uri())
        yield opened


def rows(page: Page, table: str = "class") -> Locator:
    """The rows of a table that are drawn."""
    return page.locator(f"table.{table} tbody tr:visible")


@pytest.mark.parametrize("table", ["class", "marks"])
def test_the_first_rows_are_drawn_and_a_button_shows_more(page: Page, table: str) -> None:
    """Twice as many at each click; at the end there is no button."""
    section = page.locator("section").filter(has=page.locator(f"table.{table}"))
    more = section.get_by_role("button", name="Show more")
    expect(more).to_have_text(f"Show more: {FIRST_ROWS} of {STUDENTS}")
    for shown in (FIRST_ROWS, 2 * FIRST_ROWS, STUDENTS):
        expect(rows(page, table)).to_have_count(shown)
        if shown < STUDENTS:
            more.click()
    expect(more).to_be_hidden()
    expect(rows(page, table).last).to_contain_text(f"B{STUDENTS - 1}")


def test_every_row_is_searched_and_sorted(page: Page) -> None:
    """Also those that are not drawn."""
    page.get_by_role("searchbox", name="Search").fill("B249")
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#found")).to_have_text(f"1 of {STUDENTS}")
    page.get_by_role("searchbox", name="Search").fill("")
    expect(rows(page)).to_have_count(FIRST_ROWS)
    heading = page.locator("table.class").get_by_role("button", name="MFLOPs")
    heading.click()
    heading.click()
    expect(rows(page).first).to_contain_text("B249")
    page.get_by_role("searchbox", name="Search").fill("B24")
    found = [each[:4] for each in rows(page).locator("th").all_inner_texts()]
    assert found == [f"B24{number}" for number in range(9, -1, -1)]


def test_paper_has_every_row(page: Page) -> None:
    """Those that were found, if the class was searched."""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(rows(page)).to_have_count(STUDENTS)


@pytest.mark.parametrize("width", [390, 1280])
def test_without_javascript_every_row_is_drawn(browser: Browser, file: Path, width: int) -> None:
    """In the order of the students, in the width of the page."""
    with browser.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 900}
    ) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        for table in ("class", "marks"):
            expect(rows(page, table)).to_have_count(STUDENTS)
        expect(page.get_by_role("button", name="Show more")).to_have_count(0)
