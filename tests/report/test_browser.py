"""The pages of a class, opened from their files in Debian's Chromium."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from grader.datasets.cifar10 import CIFAR10
from grader.intake.person import person_with
from grader.notebook.page import keep
from grader.report.pages.leaderboard import page as leaderboard
from grader.results.folder import FEEDBACK, LEADERBOARD, PAGE, PAGES, write_file
from grader.results.write import write_results
from grader.scoring.grade import grade
from grader.types import Json, Mark, Report
from tests.classes import folder_of
from tests.report.checkers import axe, validator
from tests.report.examples import HOSTILE_ID, LAB, but, example_class, hostile, passed
from tests.report.measured import accuracy
from tests.review.classes import ANSWERS, notebook, page_body, questions

SIZES = ((1280, 800), (768, 1024), (390, 844))
STUDENT = "109550201"
REFUSED, BROKEN = "109550044", "311551077"  # no MobileNetV2; an error of the grader
Rules = dict[str, list[str]]
SCHEMES: tuple[tuple[Literal["light", "dark"], Rules], ...] = (
    ("light", {}),
    ("dark", {"runOnly": ["color-contrast"]}),
)

pytestmark = [pytest.mark.system, pytest.mark.slow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An open page, with its console messages and network requests."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class with failures, a sample, marks, a notebook and misclassified images."""
    out = tmp_path_factory.mktemp("results")
    report = whole(keep(page_body(STUDENT), out / PAGES))
    class_ = [*example_class(), hostile(), report]
    write_results(class_, LAB, out, CIFAR10.verify(CIFAR10.sample_path()))
    write_file(out / LEADERBOARD, leaderboard(class_, LAB, b"secret"))
    return out


def whole(kept: str) -> Report:
    """A hand-in with all measurements; `kept` is the hash of the notebook's page."""
    sample = CIFAR10.verify(CIFAR10.sample_path())
    counts: Json = [[926 if true == said else true % 9 for said in range(10)] for true in range(10)]
    wrong: dict[str, Json] = {
        "confusion": counts,
        "misclassified": [[3 * number, number % 10] for number in range(12)],
    }
    measured = accuracy("accuracy.pytorch", 9150)
    measured = replace(measured, evidence={**measured.evidence, **wrong})
    base = but(passed(STUDENT, 60.5, 9150, 0.45), measured)
    asked = questions(ANSWERS, {"2": {"zeros": "it made four zeros"}})
    everything = (*base.measurements, notebook(kept), *asked)
    mark = Mark(
        person=person_with(STUDENT),
        student=STUDENT,
        part="1.1",
        points=1.5,
        comment="And where?",
        author="a",
        at="",
        version=1,
    )
    return replace(
        base,
        measurements=everything,
        grade=grade(LAB, everything, {"1.1": mark}),
        provenance=replace(base.provenance, data_sha256=sample.sha256, data_images=1_000),
    )


def opened(browser: Browser, path: Path, size: tuple[int, int] = SIZES[0]) -> Seen:
    """Open the page at `path` and wait until its charts are drawn."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height})
    seen = Seen(page=context.new_page())
    seen.page.on("console", lambda said: seen.complaints.append(said.text))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on("request", lambda asked: _note(asked.url, path, seen))
    seen.page.goto(path.as_uri())
    for number in range(seen.page.locator(".chart").count()):
        expect(seen.page.locator(".chart").nth(number).locator("svg")).to_be_visible()
    return seen


def check_fits_and_is_quiet(seen: Seen) -> None:
    """Fail if the page is wider than the window, printed to the console or asked for anything."""
    wide, room = seen.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= room
    assert seen.complaints == []
    seen.page.context.close()


def _note(address: str, path: Path, seen: Seen) -> None:
    if address != path.as_uri() and not address.startswith("data:"):
        seen.complaints.append(address)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", [PAGE, f"students/{STUDENT}/{FEEDBACK}", "leaderboard.html"])
def test_a_page_fits_and_is_quiet(
    browser: Browser, results: Path, name: str, size: tuple[int, int]
) -> None:
    """At each size there is no overflow, no console message and no request."""
    seen = opened(browser, results / name, size)
    check_fits_and_is_quiet(seen)


@pytest.fixture(scope="module")
def unwieldy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results with words that have no line break: a long id, a long comment, and a hostile id."""
    out = tmp_path_factory.mktemp("unwieldy")
    marks = {
        "4.1": Mark(
            person="id:c",
            student="C",
            part="4.1",
            points=3.0,
            comment="C" * 4_000,
            author="a",
            at="",
            version=1,
        )
    }
    base = passed("C", 43.0, 9250, 0.4)
    asked = (*base.measurements, *questions(ANSWERS, {}))
    commented = replace(base, measurements=asked, grade=grade(LAB, asked, marks))
    write_results([commented, passed("W" * 300, 40.0, 9200, 0.4), hostile()], LAB, out)
    return out


@pytest.mark.parametrize(
    ("width", "media"), [(320, "screen"), (390, "screen"), (1280, "screen"), (703, "print")]
)
def test_nothing_is_too_long_for_a_page(
    browser: Browser, unwieldy: Path, width: int, media: Literal["screen", "print"]
) -> None:
    """Very long words are broken, also on a phone and on paper."""
    pages = [unwieldy / PAGE, *sorted(unwieldy.glob(f"students/*/{FEEDBACK}"))]
    assert len(pages) == 4
    for path in pages:
        seen = opened(browser, path, (width, 900))
        seen.page.emulate_media(media=media)
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        seen.page.context.close()


def column(page: Page, number: int) -> list[str]:
    """The texts in a column of the class's table, in the order shown."""
    cells = page.locator(f"table.class tbody tr:not([hidden]) > :nth-child({number})")
    return [each.strip() for each in cells.all_inner_texts()]


@pytest.fixture(scope="module")
def class_page(browser: Browser, results: Path) -> Iterator[Page]:
    """The open page of the class, shared by these tests."""
    page = opened(browser, results / PAGE).page
    yield page
    page.context.close()


@pytest.mark.parametrize("size", [SIZES[2], SIZES[0]], ids=["narrow", "wide"])
def test_sorting(class_page: Page, size: tuple[int, int]) -> None:
    """A heading sorts by numbers, a second click reverses; unknown values stay at the bottom."""
    width, height = size
    class_page.set_viewport_size({"width": width, "height": height})
    class_page.locator("table.class").get_by_role("button", name="Student").click()
    heading = class_page.locator("table.class").get_by_role("button", name="MFLOPs")
    heading.click()
    rising = column(class_page, 5)
    known = [float(each) for each in rising if each != "-"]
    assert known == sorted(known)
    assert rising[len(known) :] == ["-"] * (len(rising) - len(known)) != []
    heading.press("Enter")
    assert column(class_page, 5)[: len(known)] == rising[: len(known)][::-1]
    sorted_by = class_page.locator("table.class [aria-sort]")
    expect(sorted_by).to_have_attribute("aria-sort", "descending")


def test_searching(class_page: Page) -> None:
    """A row must have every word, in any case; the page shows the number of rows found."""
    search = class_page.get_by_role("searchbox", name="Search")
    search.fill("VGG failed")
    expect(class_page.locator("#found")).to_have_text("0 of 16")
    search.fill("mobilenet.PTH failed")
    found = column(class_page, 1)
    expect(class_page.locator("#found")).to_have_text(f"{len(found)} of 16")
    assert 0 < len(found) < 16
    search.fill("")
    assert len(column(class_page, 1)) == 16


def test_hovering_names_the_student(class_page: Page) -> None:
    """Every point of the plot shows its student and the exact figures."""
    class_page.locator("#plot .mark-symbol path[aria-label*='Student: 0856123']").hover()
    told = class_page.locator("#vg-tooltip-element.visible")
    expect(told).to_contain_text("0856123")
    expect(told).to_contain_text("26.304118")
    class_page.locator("#plot path[aria-label*='reference solution']").last.hover()
    expect(told).to_contain_text("29.834162")


def test_links_lead_to_the_students_pages(browser: Browser, results: Path) -> None:
    """The class links to the feedback, and that to a question's cell in the notebook."""
    seen = opened(browser, results / PAGE)
    seen.page.get_by_role("link", name=STUDENT, exact=True).click()
    expect(seen.page.locator("h1")).to_have_text(STUDENT)
    expect(seen.page.locator(".mistakes img")).to_have_count(12)
    expect(seen.page.locator(".mistakes img").last).to_have_js_property("naturalWidth", 32)
    seen.page.get_by_role("link", name="Question 1.1").click()
    expect(seen.page).to_have_title(f"{STUDENT}: notebook")
    assert seen.page.url.endswith("notebook.html#cell-1")
    seen.page.context.close()


@pytest.mark.parametrize("width", [320, 390])
def test_the_leaderboard_fits_a_phone(browser: Browser, results: Path, width: int) -> None:
    """Nothing of it has to be scrolled sideways."""
    seen = opened(browser, results / LEADERBOARD, (width, 844))
    hidden = "[...document.querySelectorAll('*')].filter(e => e.scrollWidth > e.clientWidth + 1)"
    assert seen.page.evaluate(f"{hidden}.filter(e => e.clientWidth > 0).length") == 0
    last = seen.page.locator(".ranking tbody tr").first.locator("td").last
    box = last.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    expect(last).to_contain_text("%")
    seen.page.context.close()


@pytest.mark.parametrize(
    "name",
    [
        PAGE,
        f"students/{STUDENT}/{FEEDBACK}",
        f"students/{REFUSED}/{FEEDBACK}",
        f"students/{BROKEN}/{FEEDBACK}",
        "leaderboard.html",
    ],
)
def test_axe_finds_nothing_serious(browser: Browser, results: Path, name: str) -> None:
    """There is no serious accessibility fault; the contrast is checked in light and dark mode."""
    source = axe()
    seen = opened(browser, results / name)
    seen.page.evaluate(source)
    for scheme, rules in SCHEMES:
        seen.page.emulate_media(color_scheme=scheme)
        found = seen.page.evaluate("options => axe.run(options)", rules)
        serious = [
            (each["id"], each["nodes"][0]["html"][:200])
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        assert found["passes"]
        assert serious == []
    seen.page.context.close()


def test_the_pages_are_valid_html(results: Path) -> None:
    """The W3C's validator finds no error."""
    students = [results / folder_of(name) / FEEDBACK for name in (STUDENT, HOSTILE_ID)]
    pages = [results / PAGE, results / "leaderboard.html", *students]
    ran = subprocess.run(
        [*validator(), "--errors-only", *map(str, pages)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[:2_000]


def test_a_hostile_id_is_text_on_its_page(browser: Browser, results: Path) -> None:
    """Its link leads to that student's page, which shows the id unchanged."""
    seen = opened(browser, results / PAGE)
    seen.page.get_by_role("link", name="=cmd()").click()
    expect(seen.page.locator("h1")).to_contain_text("<b onload=alert(1)>")
    seen.page.context.close()
