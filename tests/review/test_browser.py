import csv
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Error, Page, Route, expect

from grader.results.folder import SHEET
from grader.results.write import write_results
from tests.report.examples import LAB
from tests.review.classes import STUDENTS, notebook, of_three

pytestmark = [pytest.mark.system, pytest.mark.slow]


@contextmanager
def reviewing(out: Path, author: str, *options: str) -> Iterator[str]:
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
        *options,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found
            yield found[0]
        finally:
            server.send_signal(signal.SIGINT)


def arrive(page: Page, heading: str) -> None:
    """Wait until a page to mark on is painted: Chromium drops earlier key presses."""
    expect(page.locator("h1")).to_contain_text(heading)
    expect(page.locator(".card.current")).to_have_count(1)
    page.evaluate(
        "new Promise((painted) => new PerformanceObserver(() => painted())"
        ".observe({ type: 'paint', buffered: true }))"
    )


def give(page: Page, points: str, settled: int) -> None:
    """Type points for the current card, save them, and wait for `settled` marked cards."""
    page.keyboard.press(points)
    page.keyboard.press("Enter")
    expect(page.locator(".card.settled")).to_have_count(settled)


def test_two_mark_a_class_at_once(tmp_path: Path, browser: Browser) -> None:
    """Marks from two windows, by mouse and keyboard, are all saved; a conflict is shown."""
    before = {each.submission.id: each.grade.total or 0.0 for each in of_three(tmp_path)}
    with reviewing(tmp_path, "alice") as hers, reviewing(tmp_path, "bob") as his:
        alice, bob = browser.new_context().new_page(), browser.new_context().new_page()
        for page, address in ((alice, hers), (bob, his)):
            page.goto(address)
            page.get_by_role("link", name="Question 1.1").click()
            arrive(page, "Question 1.1")
        for number in range(len(STUDENTS)):
            give(alice, "2", number + 1)
        bob.locator(".card [data-give='0']").first.click()
        expect(bob.locator(".conflict")).to_contain_text("alice")
        asked = staying(bob)
        with bob.expect_event("dialog"):
            bob.get_by_role("link", name="1.2").click()
        expect(bob).to_have_title(re.compile(r"1\.1"))
        assert asked == ["beforeunload"]
        bob.get_by_role("button", name="keep alice's").click()
        bob.keyboard.press("n")
        expect(bob).to_have_title(re.compile(r"1\.2"))
        assert asked == ["beforeunload"]
        for number in range(len(STUDENTS)):
            bob.locator(".card").nth(number).locator("[data-give='3']").click()
            expect(bob.locator(".card.settled")).to_have_count(number + 1)
    added = {name: total + 5 for name, total in before.items()}
    assert totals(tmp_path) == pytest.approx(added, abs=1e-4)


def staying(page: Page) -> list[str]:
    """The types of the dialogs that the page opens from now on; each is dismissed."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        with suppress(Error):  # on a busy machine Chromium may have closed it: nothing is left
            dialog.dismiss()

    page.on("dialog", stay)
    return asked


def totals(out: Path) -> dict[str, float]:
    """The totals of the students, from grades.csv."""
    with (out / SHEET).open(encoding="utf-8", newline="") as file:
        return {row["student"]: float(row["total"]) for row in csv.DictReader(file)}


@pytest.fixture
def marking(tmp_path: Path, browser: Browser) -> Iterator[Page]:
    """The page of the second of three students, marked by alice; fails on errors of the page."""
    of_three(tmp_path)
    with reviewing(tmp_path, "alice") as address:
        page = browser.new_context().new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(address)
        page.get_by_role("link", name=STUDENTS[1], exact=True).click()
        arrive(page, STUDENTS[1])
        yield page
        assert faults == []


def test_every_key_of_the_help_does_what_it_says(marking: Page) -> None:
    """Students, questions, one question of all students, comments, the notebook and the help."""
    press, current = marking.keyboard.press, marking.locator(".card.current")
    heading = marking.locator("h1")
    press("n")
    press("n")
    expect(current).to_have_attribute("data-part", "2")
    press("p")
    expect(current).to_have_attribute("data-part", "1.2")
    press("j")
    arrive(marking, STUDENTS[2])
    expect(current).to_have_attribute("data-part", "1.2")
    press("k")
    arrive(marking, STUDENTS[1])
    press("q")
    arrive(marking, "Question 1.2")
    expect(current.locator(".who")).to_have_text(STUDENTS[1])
    press("k")
    expect(current.locator(".who")).to_have_text(STUDENTS[0])
    press("j")
    press("j")
    expect(current.locator(".who")).to_have_text(STUDENTS[2])
    press("p")
    arrive(marking, "Question 1.1")
    press("q")
    arrive(marking, STUDENTS[2])
    press("o")
    notebook = marking.frame_locator("iframe.notebook")
    expect(notebook.locator("#cell-1")).to_be_in_viewport()
    press("c")
    expect(current.locator("[name=comment]")).to_be_focused()
    marking.keyboard.type("Good, but j and k are letters here.")
    press("Escape")
    press("?")
    expect(marking.get_by_role("dialog")).to_be_visible()
    press("j")
    expect(heading).to_have_text(STUDENTS[2])
    press("Escape")
    expect(marking.get_by_role("dialog")).to_be_hidden()
    press("1")
    press("Control+Enter")
    expect(marking.locator(".card.settled")).to_have_count(0)  # only a comment is sent with Ctrl
    press("Escape")
    press("c")
    press("Control+Enter")
    expect(marking.locator(".card.settled .said")).to_have_text(
        "Good, but j and k are letters here."
    )


def test_a_mark_typed_during_a_save_becomes_the_next_version(marking: Page) -> None:
    """Two saves with different points: both are in the history, the second counts."""
    asked: list[Route] = []

    def hold_the_first(route: Route) -> None:
        asked.append(route)
        if len(asked) > 1:
            route.continue_()

    marking.route("**/marks", hold_the_first)
    points = marking.locator(".card [name=points]").first
    for given in ("1", "2"):
        points.fill(given)
        points.press("Enter")
    expect(marking.locator(".card.settled")).to_have_count(0)
    asked[0].continue_()
    first = marking.locator(".card").first
    expect(first.locator("details.history li")).to_have_count(2)
    expect(first.locator(".earned strong")).to_have_text("2")


def test_unsaved_text_is_not_lost(marking: Page) -> None:
    """The browser asks before it leaves a page with unsaved text; infinite points are refused.

    JSON would write infinity as null, which withdraws the mark.
    """
    asked = staying(marking)
    card = marking.locator(".card.current")
    card.locator("[name=comment]").fill("Which weights?")
    card.locator("[name=comment]").press("Escape")
    for number, key in enumerate("jkq", start=1):
        with marking.expect_event("dialog"):
            marking.keyboard.press(key)
        expect(marking.locator("h1")).to_have_text(STUDENTS[1])
        assert asked == ["beforeunload"] * number
    card.locator("[name=points]").fill("1e999")
    card.get_by_role("button", name="Save").click()
    expect(card.locator(".fault")).to_contain_text("number")
    card.locator("[name=points]").fill("1")
    card.get_by_role("button", name="Save").click()
    marking.keyboard.press("j")  # at once: the page waits for the save
    arrive(marking, STUDENTS[2])
    assert asked == ["beforeunload"] * 3
    marking.keyboard.press("k")
    expect(marking.locator(".card.settled .said")).to_have_text("Which weights?")


def test_the_pane_shows_the_notebook_of_its_student_or_nothing(
    tmp_path: Path, browser: Browser
) -> None:
    """Also for a student without a notebook, and while another's is still loading."""
    one, *others = of_three(tmp_path)
    measured = tuple(
        notebook(None) if each.id == "notebook" else each for each in others[0].measurements
    )
    write_results([one, replace(others[0], measurements=measured), others[1]], LAB, tmp_path)
    with reviewing(tmp_path, "alice") as address:
        page = browser.new_context().new_page()
        page.goto(address)
        page.get_by_role("link", name="Question 1.1").click()
        arrive(page, "Question 1.1")
        head, frame = page.locator(".pane h2"), page.locator(".pane iframe")
        inside = page.frame_locator(".pane iframe").locator("body")
        expect(head).to_contain_text(STUDENTS[0])
        expect(inside).to_contain_text(f"of {STUDENTS[0]}")
        page.keyboard.press("j")
        expect(head).to_contain_text(STUDENTS[1])
        expect(frame).to_have_count(0)
        expect(page.locator(".pane p")).not_to_be_empty()
        page.keyboard.press("j")
        expect(head).to_contain_text(STUDENTS[2])
        expect(inside).to_contain_text(f"of {STUDENTS[2]}")
        held = slow_notebooks(page)
        page.keyboard.press("k")
        page.keyboard.press("k")
        expect(head).to_contain_text(STUDENTS[0])
        expect(frame).to_have_count(1)  # its answer is held back
        page.keyboard.press("j")
        expect(head).to_contain_text(STUDENTS[1])
        expect(frame).to_have_count(0)
        for route in held:
            route.continue_()
        page.locator(".card").nth(2).locator("[data-open]").click()
        expect(head).to_contain_text(STUDENTS[2])
        page.wait_for_timeout(500)
        expect(frame).to_have_count(1)
        page.goto(page.url.partition("/question")[0] + "/")
        page.get_by_role("link", name=STUDENTS[1], exact=True).click()
        arrive(page, STUDENTS[1])
        expect(head).to_contain_text(STUDENTS[1])
        expect(frame).to_have_count(0)


def slow_notebooks(page: Page) -> list[Route]:
    """The requests for notebooks from now on, which are not answered."""
    held: list[Route] = []
    page.route("**/notebook/*", lambda route: held.append(route))  # noqa: PLW0108 - it needs a function
    return held


def test_the_file_opens_the_review_and_a_full_cookie_jar_does_not_close_it(
    tmp_path: Path, browser: Browser
) -> None:
    """The file leads to an address that is good once; other servers may push our cookie out."""
    of_three(tmp_path)
    with reviewing(tmp_path, "alice") as address, foreign_server() as foreign:
        context = browser.new_context()
        page = context.new_page()
        door = tmp_path / "review.html"
        door.write_text(f'<meta http-equiv="refresh" content="0; url={address}">')
        page.goto(door.as_uri())
        expect(page.locator("h1")).to_be_visible()
        again = browser.new_context().new_page()
        answer = again.goto(address)
        assert answer is not None
        assert answer.status == 403
        page.get_by_role("link", name="Question 1.1").click()
        arrive(page, "Question 1.1")
        # The pane is filled a moment later, which would ask for the cookie again.
        expect(page.frame_locator(".pane iframe").locator("#cell-1")).to_be_visible()
        other = context.new_page()
        other.goto(foreign)
        ours = {each["name"] for each in context.cookies() if "grader" in each.get("name", "")}
        assert not ours  # pushed out
        give(page, "2", 1)
        other.goto(foreign)
        page.reload()
        arrive(page, "Question 1.1")
        expect(page.locator(".card.settled")).to_have_count(1)


@contextmanager
def foreign_server() -> Iterator[str]:
    """The address of another server of this machine, which fills the cookie jar."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for number in range(400):
                self.send_header("Set-Cookie", f"foreign{number}={'x' * 200}; Path=/")
            self.end_headers()
            self.wfile.write(b"<p>another server</p>")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
