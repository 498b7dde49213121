"""Measures the pages of a class by its size: `python -m benchmarks.pages [STUDENTS …]`.

For 100, 1,000 and 5,000 students: writes the pages of an invented class, then again after one more
mark, each in a process of its own, and opens index.html in Chromium five times, each in a new
context. Prints the table and writes it into benchmarks/results.md.
"""

import itertools
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console

from benchmarks.results_file import write_section
from grader.datasets.cifar10 import CIFAR10
from grader.results.folder import FEEDBACK, PAGE
from grader.results.write import write_results
from grader.scoring.grade import grade
from grader.types import Json, Mark, Report
from tests.report.examples import LAB, failed, passed, report
from tests.report.measured import NO_MODEL, NOT_MOBILENET
from tests.review.classes import ANSWERS, questions

CLASSES = (100, 1_000, 5_000)
OPENINGS = 5
FAULTS = (NOT_MOBILENET, NO_MODEL)
SEARCHED = ("1", "10955", "failed", "109550014", "nobody", "")
LINEAR = 1.2  # times the growth of the class; a fixed part grows by less
WRITE = "--write"  # the process that writes one class
SEARCH = """words => {
  const search = document.getElementById("search");
  const started = performance.now();
  search.value = words;
  search.dispatchEvent(new Event("input"));
  document.body.offsetHeight;
  return (performance.now() - started) / 1000;
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """Seconds to write a class, and to write it again after one mark; the peak memory in bytes.

    `processor` are the processor's seconds of the first time, `rewritten` is the number of files
    that were written after the mark.
    """

    first: float
    processor: float
    again: float
    rewritten: int
    memory: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Seconds from the address to the loaded document, and to the last chart; of each search."""

    loaded: float
    drawn: float
    searches: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPages:
    """What the pages of one class took; sizes in bytes."""

    students: int
    wrote: Wrote
    all_files: int
    index: int
    feedback: int
    openings: tuple[Opening, ...]

    @property
    def opens(self) -> float:
        """The median of the seconds until the page is loaded."""
        return statistics.median(each.loaded for each in self.openings)

    @property
    def drawn(self) -> float:
        """The median of the seconds until all charts are drawn."""
        return statistics.median(each.drawn for each in self.openings)

    @property
    def search(self) -> float:
        """The median over the openings of the slowest search's seconds."""
        return statistics.median(max(each.searches) for each in self.openings)


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


def write(students: int, out: Path) -> Wrote:
    """Write a class into `out`, and again after one mark."""
    class_ = made_up(students)
    images = CIFAR10.verify(CIFAR10.sample_path())
    started, processor = time.perf_counter(), time.process_time()
    write_results(class_, LAB, out, images)
    first, processor = time.perf_counter() - started, time.process_time() - processor
    before = _stamps(out)
    started = time.perf_counter()
    write_results((_marked(class_[0]), *class_[1:]), LAB, out, images)
    again = time.perf_counter() - started
    changed = sum(before.get(name) != stamp for name, stamp in _stamps(out).items())
    memory = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Wrote(first=first, processor=processor, again=again, rewritten=changed, memory=memory)


def _marked(report: Report) -> Report:
    mark = Mark(
        person=f"id:{report.submission.id}",
        student=report.submission.id,
        part="1.1",
        points=2.0,
        comment="",
        author="ta",
        at="",
        version=1,
    )
    return replace(report, grade=grade(LAB, report.measurements, {"1.1": mark}))


def _stamps(out: Path) -> dict[Path, tuple[int, int]]:
    found = {path: path.stat() for path in out.rglob("*") if path.is_file()}
    return {path: (each.st_ino, each.st_mtime_ns) for path, each in found.items()}


def opened(browser: Browser, page: Path) -> Opening:
    """Open the page in a new browser context, search in it, and time both."""
    with browser.new_context() as context:
        tab = context.new_page()
        started = time.perf_counter()
        tab.goto(page.as_uri())
        loaded = time.perf_counter() - started
        tab.locator(".chart:not(:has(svg))").first.wait_for(state="detached")
        drawn = time.perf_counter() - started
        return Opening(loaded=loaded, drawn=drawn, searches=tuple(_searches(tab)))


def _searches(tab: Page) -> Sequence[float]:
    return [float(tab.evaluate(SEARCH, words)) for words in SEARCHED]


def measured(students: int, browser: Browser) -> ClassPages:
    """Write the pages of a class in another process, and open its page."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        command = [sys.executable, "-m", "benchmarks.pages", WRITE, str(students), str(out)]
        ran = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        sizes = [path.stat().st_size for path in out.rglob("*") if path.is_file()]
        return ClassPages(
            students=students,
            wrote=Wrote(**json.loads(ran.stdout)),
            all_files=sum(sizes),
            index=(out / PAGE).stat().st_size,
            feedback=max(path.stat().st_size for path in out.glob(f"students/*/{FEEDBACK}")),
            openings=tuple(opened(browser, out / PAGE) for _ in range(OPENINGS)),
        )


def growth(classes: Sequence[ClassPages]) -> str:
    """Say if time, bytes and memory grow at most as the number of students does."""
    faster = [
        f"{name} from {smaller.students:,} to {larger.students:,} students"
        for smaller, larger in itertools.pairwise(classes)
        for name, before, after in (
            ("the processor time", smaller.wrote.processor, larger.wrote.processor),
            ("the bytes", smaller.all_files, larger.all_files),
            ("the memory", smaller.wrote.memory, larger.wrote.memory),
        )
        if after / before > LINEAR * larger.students / smaller.students
    ]
    if faster:
        return f"Not linear: {', '.join(faster)}."
    return "Linear: processor time, bytes and memory grow at most as the number of students does."


def table(classes: Sequence[ClassPages]) -> str:
    """The section of results.md."""
    head = (
        "students", "writing", "of processor", "again after one mark", "files written then",
        "all files", "index.html", "largest feedback.html", "peak memory", "index.html opens",
        "charts drawn", "slowest search",
    )  # fmt: skip
    rows = [head, ("---",) * len(head), *map(_row, classes)]
    return "\n".join(
        [
            "## Pages",
            "",
            f"`python -m benchmarks.pages`, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores: "
            "the pages of an invented class; the page opens in Chromium, median of "
            f"{OPENINGS}. Goals: it opens within 1.5 s at 1,000 and 2.5 s at 5,000, a search "
            "within 100 ms.",
            "",
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
            growth(classes),
            "",
        ]
    )


def _row(each: ClassPages) -> tuple[str, ...]:
    return (
        f"{each.students:,}",
        f"{each.wrote.first:.1f} s",
        f"{each.wrote.processor:.1f} s",
        f"{each.wrote.again:.1f} s",
        f"{each.wrote.rewritten}",
        f"{each.all_files / 1e6:.1f} MB",
        f"{each.index / 1e6:.2f} MB",
        f"{each.feedback / 1e3:.0f} kB",
        f"{each.wrote.memory / 1e9:.2f} GB",
        f"{each.opens:.2f} s",
        f"{each.drawn:.2f} s",
        f"{1000 * each.search:.0f} ms",
    )


def main() -> None:
    """Write, measure and print."""
    if sys.argv[1:2] == [WRITE]:
        sys.stdout.write(json.dumps(asdict(write(int(sys.argv[2]), Path(sys.argv[3])))))
        return
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        sizes = [int(each) for each in sys.argv[1:]] or CLASSES
        classes = []
        for each in sizes:
            classes.append(measured(each, browser))
            Console(stderr=True).print(*_row(classes[-1]), sep=", ", soft_wrap=True)
        browser.close()
    text = table(classes)
    write_section(text)
    Console().print(text, markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
