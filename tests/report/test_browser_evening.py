"""The page of a class with absent and late students, and the statistics, in Chromium."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from grader.labs.deadline import Deadline
from grader.lms.people import Index, Person
from grader.lms.roster import Roster
from grader.report.class_statistics import class_statistics
from grader.report.pages.statistics import page as statistics_page
from grader.results.attendance import write_attendance
from grader.results.folder import PAGE, write_file
from grader.results.write import write_results
from grader.scoring.grade import grade
from grader.types import Arrival, Report
from tests.report.checkers import axe, validator
from tests.report.examples import LAB, example_class
from tests.report.test_browser import SCHEMES, SIZES, check_fits_and_is_quiet, opened
from tests.report.write_ups import DUE
from tests.report.write_ups import example_class as write_ups
from tests.review.classes import ANSWERS, questions

pytestmark = [pytest.mark.system, pytest.mark.slow]

NETWORK, WRITE_UP = f"network/{PAGE}", f"write-up/{PAGE}"
STATISTICS = ("network/stats.html", "write-up/stats.html")
PAGES = (NETWORK, WRITE_UP, *STATISTICS)
LATE = LAB.model_copy(
    update={
        "deadline": Deadline.model_validate(
            {
                "due": "2024-04-04T23:55",
                "zone": "Asia/Taipei",
                "late": {"policy": "percent", "percent_per_day": 10},
            }
        )
    }
)
ON_TIME, TOO_LATE = "2024-04-04T10:00:00+00:00", "2024-04-06T10:00:00+00:00"


def handed_in(report: Report, number: int) -> Report:
    """Every third hand-in is late; those that can have the answers to the questions."""
    came = Arrival(name=f"Student {number}", submitted_at=ON_TIME if number % 3 else TOO_LATE)
    measured = (*report.measurements, *questions(ANSWERS, {}))
    return replace(
        report,
        submission=replace(report.submission, handed_in=came),
        measurements=measured,
        grade=grade(LATE, measured, handed_in=came),
    )


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes, one of each kind, with a roster that has two absent students."""
    root = tmp_path_factory.mktemp("evening")
    networks = [handed_in(each, number) for number, each in enumerate(example_class())]
    for name, reports, lab in (("network", networks, LATE), ("write-up", write_ups(), DUE)):
        out = root / name
        out.mkdir()
        people = [
            *(Person(id=each.submission.id, name="Chia-Hao Chen") for each in reports),
            Person(id="A000", name="Absent Anna"),
            Person(id="999", name="Absent Otto"),
        ]
        roster = Roster(people=tuple(people), index=Index.of(people))
        write_attendance([each.submission for each in reports], roster, out)
        write_results(reports, lab, out)
        write_file(out / "stats.html", statistics_page(class_statistics(reports, lab)))
    return root


@pytest.mark.parametrize("size", [*SIZES, (1920, 1080)], ids=lambda size: f"{size[0]}")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_is_quiet(
    browser: Browser, evening: Path, name: str, size: tuple[int, int]
) -> None:
    """No overflow, no console message and no request."""
    seen = opened(browser, evening / name, size)
    check_fits_and_is_quiet(seen)


@pytest.mark.parametrize("width", [1280, 1920])
@pytest.mark.parametrize("name", [NETWORK, WRITE_UP])
def test_no_column_of_the_class_is_cut(
    browser: Browser, evening: Path, name: str, width: int
) -> None:
    """The table is as wide as its place, on a screen and on paper (A4 has 703 pixels)."""
    seen = opened(browser, evening / name, (width, 900))
    fits = (
        "[...document.querySelectorAll('.scroll:has(table.class)')]"
        ".every((each) => each.scrollWidth <= each.clientWidth)"
    )
    assert seen.page.evaluate(fits)
    seen.page.set_viewport_size({"width": 703, "height": 900})
    seen.page.emulate_media(media="print")
    assert seen.page.evaluate(fits)
    seen.page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(browser: Browser, evening: Path, name: str) -> None:
    """In light and dark mode."""
    source = axe()
    seen = opened(browser, evening / name)
    seen.page.evaluate(source)
    for scheme, rules in SCHEMES:
        seen.page.emulate_media(color_scheme=scheme)
        found = seen.page.evaluate("options => axe.run(options)", rules)
        assert found["passes"]
        assert [
            (each["id"], each["nodes"][0]["html"][:200])
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ] == []
    seen.page.context.close()


def test_the_pages_are_valid_html(evening: Path) -> None:
    """The W3C's validator finds no error."""
    ran = subprocess.run(
        [*validator(), "--errors-only", *(str(evening / name) for name in PAGES)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[:2_000]


def students(page: Page) -> list[str]:
    """The ids in the order shown."""
    cells = page.locator("table.class tbody th")
    return list(cells.evaluate_all("cells => cells.map((each) => each.dataset.value)"))


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        *((NETWORK, each) for each in ("Points", "MFLOPs", "Speed-up", "Handed in")),
        *((WRITE_UP, each) for each in ("so far", "Doubtful", "Handed in")),
    ],
)
def test_the_absent_stay_below_those_with_a_value(
    browser: Browser, evening: Path, name: str, heading: str
) -> None:
    """Whatever the table is sorted by, in both orders; the search finds them by their names."""
    seen = opened(browser, evening / name)
    table = seen.page.locator("table.class")
    column = table.locator("thead th").evaluate_all(
        "(cells, words) => cells.findIndex((each) => each.textContent.includes(words))", heading
    )
    known = f"rows => rows.map((each) => each.cells[{column}]?.dataset.value || '')"
    for _ in range(2):
        table.get_by_role("button", name=heading).click()
        values = table.locator("tbody tr").evaluate_all(known)
        order = students(seen.page)
        many = sum(bool(each) for each in values)
        assert many > 1
        assert not any(values[many:])
        assert {"A000", "999"} <= set(order[many:])
    seen.page.get_by_role("searchbox", name="Search").fill("anna absent")
    expect(seen.page.locator("#found")).to_contain_text("1 of")
    seen.page.context.close()
