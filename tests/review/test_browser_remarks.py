"""A class of twelve marked in real browsers: remarks, zeros, undo, notes, two TAs at once."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.report.checkers import axe
from tests.review.classes import ABSENT, TWELVE, of_twelve
from tests.review.test_browser import arrive, give, reviewing, totals

pytestmark = [pytest.mark.system, pytest.mark.slow]

LIVE = 12_000  # ms: news come every three seconds, on a busy machine later


def opened(browser: Browser, address: str, question: str) -> Page:
    """The page of a question, in a browser of its own."""
    page = browser.new_context().new_page()
    page.goto(address)
    page.get_by_role("link", name=question).first.click()
    arrive(page, question)
    return page


def card(page: Page, student: str) -> Locator:
    """The card of a student on the page of a question."""
    return page.locator(".card").filter(has=page.get_by_role("link", name=student, exact=True))


def write(page: Page, words: str, points: str) -> None:
    """Write a new remark in the current card, which then has it."""
    page.locator(".card.current [data-new-remark]").click()
    form = page.locator(".remark-form")
    form.locator("[name=words]").fill(words)
    form.locator("[name=off]").fill(points)
    form.locator("[name=off]").press("Enter")
    pressed = page.locator(".card.current [aria-pressed=true]").filter(has_text=words)
    expect(pressed).to_have_count(1)


def points(page: Page, student: str) -> Locator:
    """What a student's card says of the points."""
    return card(page, student).locator(".earned strong")


def zeros(page: Page) -> None:
    """Give 0 points for everything that is listed as not there."""
    page.keyboard.press("z")
    dialog = page.locator("dialog#zeros")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Give 0 points").click()
    expect(dialog).to_be_hidden()


def both_change_the_remark(alice: Page, bob: Page) -> None:
    """The second is told the first, keeps what was typed, and may save it again."""
    for page in (alice, bob):
        page.locator(".card.current [data-edit-remark]").click()
    alice.locator(".remark-form [name=off]").fill("-1")
    bob.locator(".remark-form [name=words]").fill("which layer?")
    alice.locator(".remark-form [type=submit]").click()
    for student in ("S01", "S02", "S04", "S05"):
        expect(points(alice, student)).to_have_text("2", timeout=LIVE)
    bob.locator(".remark-form [type=submit]").click()
    expect(bob.locator(".remark-form .wrong")).to_contain_text("alice")
    expect(bob.locator(".remark-form [name=words]")).to_have_value("which layer?")
    bob.locator(".remark-form [name=off]").fill("-1")
    bob.locator(".remark-form [type=submit]").click()
    expect(bob.locator(".remark-form")).to_have_count(0)
    expect(card(alice, "S04").locator("[data-remark]")).to_contain_text(
        "which layer?", timeout=LIVE
    )


def undo_is_refused_and_done(alice: Page, bob: Page) -> None:
    """Her change of the remark is not undone over his; his is, and everybody has her words."""
    alice.keyboard.press("Escape")
    alice.keyboard.press("Control+z")
    expect(alice.locator("#notice")).to_contain_text("bob")
    expect(points(alice, "S01")).to_have_text("2")
    alice.locator("[data-dismiss]").click()

    # His is: everybody has her words again.
    bob.get_by_role("button", name="Undo").click()
    expect(bob.locator("#status")).to_contain_text("Undone")
    expect(card(alice, "S04").locator("[data-remark]")).to_contain_text(
        "names no layer", timeout=LIVE
    )


def zeros_are_undone_and_given_again(alice: Page, bob: Page) -> None:
    """Six questions of the three students who have no answers."""
    zeros(bob)
    for student in ABSENT:
        expect(points(bob, student)).to_have_text("0", timeout=LIVE)
        expect(points(alice, student)).to_have_text("0", timeout=LIVE)
    bob.keyboard.press("Control+z")
    for student in ABSENT:
        expect(points(bob, student)).to_have_text("pending", timeout=LIVE)
    zeros(bob)
    expect(bob.locator(".card.settled")).to_have_count(7, timeout=LIVE)


def the_rest_is_marked(bob: Page) -> None:
    """By the next pending answer, which at last is of another question."""
    for number in range(8, 13):
        with bob.expect_response("**/pending*") as told:
            bob.keyboard.press("u")
        place = told.value.json()
        current = bob.locator(".card.current")
        expect(current).to_have_attribute("id", f"c-{place['key']}-1.2")
        expect(current.locator(".earned strong")).to_have_text("pending")
        give(bob, "3", number)
    bob.keyboard.press("u")
    expect(bob.locator("h1")).not_to_contain_text("Question 1.2")


def test_two_tas_mark_a_class_of_twelve(tmp_path: Path, browser: Browser) -> None:
    """With remarks that one changes while both mark, zeros for what is not there, and undo."""
    before = {each.submission.id: each.grade.total or 0.0 for each in of_twelve(tmp_path)}
    with reviewing(tmp_path, "alice") as hers, reviewing(tmp_path, "bob") as his:
        alice, bob = opened(browser, hers, "Question 1.2"), opened(browser, his, "Question 1.2")
        expect(alice.locator(".here .others")).to_contain_text("bob", timeout=LIVE)
        expect(card(alice, "S01").locator(".here-too")).to_contain_text("bob", timeout=LIVE)

        write(alice, "names no layer", "-0.5")
        expect(points(alice, "S01")).to_have_text("2.50")
        for student in ("S02", "S04"):
            card(alice, student).locator(".found").click()
            alice.keyboard.press("Shift+Digit1")
            expect(points(alice, student)).to_have_text("2.50")

        # Bob sees her remark and its number of students, and gives it to another student.
        card(bob, "S05").locator(".found").click()
        remark = card(bob, "S05").locator("[data-remark]")
        expect(remark.locator(".students")).to_have_text("3 students", timeout=LIVE)
        expect(points(bob, "S04")).to_have_text("2.50", timeout=LIVE)
        remark.locator("[data-toggle]").click()
        expect(points(bob, "S05")).to_have_text("2.50")

        both_change_the_remark(alice, bob)
        undo_is_refused_and_done(alice, bob)
        zeros_are_undone_and_given_again(alice, bob)
        the_rest_is_marked(bob)
    earned = {"S01": 2.0, "S02": 2.0, "S04": 2.0, "S05": 2.0}
    expected = {
        student: total + (0.0 if student in ABSENT else earned.get(student, 3.0))
        for student, total in before.items()
    }
    assert totals(tmp_path) == pytest.approx(expected, abs=1e-4)
    assert set(expected) == set(TWELVE)


def test_two_windows_of_one_ta(tmp_path: Path, browser: Browser) -> None:
    """Each sees the other's marks; undo first says if the last one is of the other window."""
    of_twelve(tmp_path)
    with reviewing(tmp_path, "alice") as address:
        one = opened(browser, address, "Question 1.1")
        two = one.context.new_page()
        two.goto(one.url)
        arrive(two, "Question 1.1")
        give(one, "2", 1)
        expect(points(two, "S01")).to_have_text("2", timeout=LIVE)
        expect(two.locator("[data-undo]")).to_contain_text("S01", timeout=LIVE)
        # The news of the first window are held: it does not know of the other's mark.
        one.route("**/live", lambda route: route.abort())
        card(two, "S02").locator("[data-give='2']").click()
        expect(points(two, "S02")).to_have_text("2")
        one.keyboard.press("Control+z")
        expect(one.locator("#notice")).to_contain_text("another window")
        one.unroute("**/live")
        expect(one.locator("[data-undo]")).to_contain_text("S02", timeout=LIVE)
        one.keyboard.press("Control+z")
        expect(points(one, "S02")).to_have_text("pending", timeout=LIVE)
        one.keyboard.press("Control+z")
        expect(points(two, "S01")).to_have_text("pending", timeout=LIVE)


def test_undo_after_somebody_elses_mark_shows_it(tmp_path: Path, browser: Browser) -> None:
    """Nothing is undone; in a text field Ctrl Z is the browser's own."""
    of_twelve(tmp_path)
    with reviewing(tmp_path, "alice") as hers, reviewing(tmp_path, "bob") as his:
        alice, bob = opened(browser, hers, "Question 1.1"), opened(browser, his, "Question 1.1")
        give(alice, "2", 1)
        expect(points(bob, "S01")).to_have_text("2", timeout=LIVE)
        card(bob, "S01").locator("[data-give='0']").click()
        expect(points(bob, "S01")).to_have_text("0")
        expect(points(alice, "S01")).to_have_text("0", timeout=LIVE)
        comment = card(alice, "S02").locator("[name=comment]")
        comment.click()
        alice.keyboard.type("why")
        alice.keyboard.press("Control+z")
        expect(alice.locator("#notice")).to_be_hidden()
        comment.fill("")
        comment.press("Escape")
        alice.keyboard.press("Control+z")
        expect(alice.locator("#notice")).to_contain_text("bob")
        expect(points(alice, "S01")).to_have_text("0")


def test_a_stopped_server_loses_nothing(tmp_path: Path, browser: Browser) -> None:
    """The page says so, and keeps what was typed; after a restart it is saved, and undone."""
    of_twelve(tmp_path)
    port = "18473"
    with reviewing(tmp_path, "alice", "--port", port) as address:
        page = opened(browser, address, "Question 1.1")
        give(page, "2", 1)
    page.locator(".card.current [name=comment]").fill("not lost")
    page.locator(".card.current [data-give='2']").click()
    expect(page.locator(".card.current .fault")).to_contain_text("does not answer")
    expect(page.locator(".here .offline")).to_contain_text("does not answer", timeout=LIVE)
    page.locator("[data-new-remark]").click()
    page.locator(".remark-form [name=words]").fill("kept as well")
    page.locator(".remark-form [type=submit]").click()
    expect(page.locator(".remark-form .wrong")).to_contain_text("does not answer")
    with reviewing(tmp_path, "alice", "--port", port) as address:
        again = page.context.new_page()
        again.goto(address)
        again.wait_for_url("**/")
        expect(page.locator(".card.current [name=comment]")).to_have_value("not lost")
        expect(page.locator(".remark-form [name=words]")).to_have_value("kept as well")
        again.get_by_role("link", name="Question 1.1").click()
        arrive(again, "Question 1.1")
        expect(points(again, "S01")).to_have_text("2")
        expect(again.locator("[data-undo]")).to_contain_text("S01", timeout=LIVE)
        again.keyboard.press("Control+z")
        expect(points(again, "S01")).to_have_text("pending", timeout=LIVE)


def test_a_private_note_stays_with_the_tas(tmp_path: Path, browser: Browser) -> None:
    """Another TA sees it; no file of the results has it, and a newer one is not overwritten."""
    of_twelve(tmp_path)
    with reviewing(tmp_path, "alice") as hers, reviewing(tmp_path, "bob") as his:
        alice = opened(browser, hers, "Question 1.1")
        bob = opened(browser, his, "Question 1.1")
        alice.keyboard.press("i")
        alice.keyboard.type("looks-like-the-one-of-S02")
        alice.keyboard.press("Control+Enter")
        expect(alice.locator("#status")).to_contain_text("note")
        bob.keyboard.press("i")
        bob.keyboard.type("mine")
        bob.keyboard.press("Control+Enter")
        expect(bob.locator(".card.current .wrong")).to_contain_text("alice")
        give(alice, "2", 1)
    files = [each for each in tmp_path.rglob("*") if each.is_file() and "marks.db" not in each.name]
    assert files
    assert not [each for each in files if b"looks-like-the-one" in each.read_bytes()]
    with reviewing(tmp_path, "cho") as address:
        cho = opened(browser, address, "Question 1.1")
        expect(card(cho, "S01").locator("[name=note]")).to_have_value("looks-like-the-one-of-S02")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(tmp_path: Path, browser: Browser, scheme: str) -> None:
    """On the class, a question with a remark that is written, and the list of zeros."""
    of_twelve(tmp_path)
    source = axe()
    with reviewing(tmp_path, "alice") as address:
        context = browser.new_context(bypass_csp=True, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        found = serious(page, source)
        page.get_by_role("link", name="Question 1.1").click()
        arrive(page, "Question 1.1")
        write(page, "unclear", "-1")
        found += serious(page, source)
        page.locator(".card.current [data-edit-remark]").click()
        page.locator(".card.current .note summary").click()
        found += serious(page, source)
        page.locator("[data-cancel-remark]").click()
        page.keyboard.press("Escape")
        page.locator("button[data-zeros]").click()
        expect(page.locator("dialog#zeros")).to_be_visible()
        found += serious(page, source)
    assert found == []


def serious(page: Page, source: str) -> list[str]:
    """The serious findings of axe on the page as it is."""
    page.evaluate(source)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
