import csv
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from grader.results import SHEET
from tests.review.classes import STUDENTS, of_three

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.system,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@contextmanager
def reviewing(out: Path, author: str) -> Iterator[str]:
    """The address of a review of `out` by `author`, ended by Ctrl-C."""
    command = [
        sys.executable,
        "-m",
        "grader",
        "review",
        str(out),
        "--no-browse",
        "--author",
        author,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found
            yield found[0]
        finally:
            server.send_signal(signal.SIGINT)


def give(page: Page, points: str, settled: int) -> None:
    """Type points for the card in hand, save them, and wait until so many are `settled`."""
    page.keyboard.press(points)
    page.keyboard.press("Enter")
    expect(page.locator(".card.settled")).to_have_count(settled)


def test_two_mark_a_class_at_once(tmp_path: Path) -> None:
    """Marks given by mouse and keyboard in two windows add up; a conflict is shown."""
    before = {each.submission.id: each.grade.total or 0.0 for each in of_three(tmp_path)}
    with (
        reviewing(tmp_path, "alice") as hers,
        reviewing(tmp_path, "bob") as his,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        alice, bob = browser.new_context().new_page(), browser.new_context().new_page()
        for page, address in ((alice, hers), (bob, his)):
            page.goto(address)
            page.get_by_role("link", name="Question 1.1").click()
        for number in range(len(STUDENTS)):
            give(alice, "2", number + 1)
        bob.locator(".card [data-give='0']").first.click()
        expect(bob.locator(".conflict")).to_contain_text("alice was quicker")
        bob.get_by_role("button", name="keep alice's").click()
        bob.keyboard.press("n")
        expect(bob).to_have_title(re.compile(r"1\.2"))
        for number in range(len(STUDENTS)):
            bob.locator(".card").nth(number).locator("[data-give='3']").click()
            expect(bob.locator(".card.settled")).to_have_count(number + 1)
        browser.close()
    with (tmp_path / SHEET).open(encoding="utf-8", newline="") as file:
        totals = {row["student"]: float(row["total"]) for row in csv.DictReader(file)}
    assert totals == pytest.approx({name: total + 5 for name, total in before.items()}, abs=1e-4)
