"""Measures the size of a class's pages and how fast they open.

    python -m benchmarks.pages [STUDENTS]

Writes the pages of an invented class of 300, twice, and opens index.html in Chromium five times,
each in a new context: until the document is loaded, and until every chart is drawn.
"""

import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from grader.datasets.cifar10 import CIFAR10
from grader.results.folder import FEEDBACK, PAGE
from grader.results.write import write_results
from grader.types import Json, Report
from tests.report.examples import LAB, failed, passed, report
from tests.report.measured import NO_MODEL, NOT_MOBILENET
from tests.review.classes import ANSWERS, questions

OPENINGS = 5
FAULTS = (NOT_MOBILENET, NO_MODEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Seconds from the address to the loaded document, and to the last chart."""

    loaded: float
    drawn: float


def made_up(students: int) -> tuple[Report, ...]:
    """An invented class: most passed, one in ten failed, half of the answers marked."""
    random = Random(8)  # noqa: S311 - an invented class
    return tuple(_hand_in(f"{109_550_000 + 7 * number}", random) for number in range(students))


def _hand_in(student: str, random: Random) -> Report:
    if random.random() < 0.1:
        return failed(student, random.choice(FAULTS))
    correct = round(random.gauss(9_230, 80))
    base = passed(student, random.uniform(26, 120), correct, random.uniform(0.25, 0.6))
    wrong: dict[str, Json] = {
        "confusion": [[930 if row == column else 7 for column in range(10)] for row in range(10)],
        "misclassified": [[number, 3] for number in sorted(random.sample(range(1_000), 12))],
    }
    measured = tuple(
        replace(each, evidence={**each.evidence, **wrong})
        if each.id == "accuracy.pytorch"
        else each
        for each in base.measurements
    )
    broken = {"2": {"zeros": "asked for 3 zeros of 7, it made 4"}} if random.random() < 0.3 else {}
    whole = report(student, *measured, *questions(ANSWERS, broken))
    sample = CIFAR10.verify(CIFAR10.sample_path()).sha256
    return replace(whole, provenance=replace(whole.provenance, data_sha256=sample))


def opened(browser: Browser, page: Path) -> Opening:
    """Open the page in a new browser context and time it."""
    context = browser.new_context()
    tab = context.new_page()
    started = time.perf_counter()
    tab.goto(page.as_uri())
    loaded = time.perf_counter() - started
    tab.wait_for_function(
        "[...document.querySelectorAll('.chart')].every((each) => each.querySelector('svg'))"
    )
    drawn = time.perf_counter() - started
    context.close()
    return Opening(loaded=loaded, drawn=drawn)


def main() -> None:
    """Write, measure and print."""
    students = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    say = Console().print
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        out = Path(folder)
        class_ = made_up(students)
        images = CIFAR10.verify(CIFAR10.sample_path())
        for which in ("first", "again"):
            started = time.perf_counter()
            write_results(class_, LAB, out, images)
            say(f"writing a class of {students}, {which}: {time.perf_counter() - started:.1f} s")
        largest = max(path.stat().st_size for path in out.glob(f"*/{FEEDBACK}"))
        say(f"index.html {(out / PAGE).stat().st_size / 1e6:.2f} MB, ", end="")
        say(f"the largest feedback.html {largest / 1e3:.0f} kB")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        times = [opened(browser, out / PAGE) for _ in range(OPENINGS)]
        browser.close()
    for what in ("loaded", "drawn"):
        seconds = [getattr(each, what) for each in times]
        say(f"{what}: median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s")


if __name__ == "__main__":
    main()
