"""Measures how fast several people mark a class, and proves that no mark is lost or doubled.

    python -m benchmarks.marking [STUDENTS …]

For classes of 200 and 1,000, with the marks in SQLite and in a PostgreSQL server of its own: six
people, each with a `grader review` of their own, mark one question each after the other's, as fast
as the server answers. One of the six servers is killed in the middle. Afterwards one review opens a
question's page in Chromium, until it answers a key. Prints the table and writes it into
benchmarks/results.md. The clients' time is included, because it is on the same processors.
"""

import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console

from benchmarks.pages import made_up
from benchmarks.results_file import write_section
from grader.marks.store import Marks
from grader.notebook.page import keep
from grader.results.folder import PAGES
from grader.results.write import write_results
from tests.marks.fixtures import empty_database, programs, running
from tests.report.examples import LAB
from tests.review.classes import notebook, page_body

TAS = 6
CLASSES = (200, 1_000)
QUESTIONS = ("1.1", "1.2", "4.1", "4.2", "4.3", "approach")
MARKS_EACH = 60
OPENINGS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The marks whose saving was acknowledged, and the seconds that each answer took."""

    marks: set[tuple[str, str, str]] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One line of the table."""

    students: int
    database: str
    per_second: float
    p50: float
    p95: float
    acknowledged: int
    lost: int
    doubled: int
    first: float
    interactive: float

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of the line."""
        return (
            f"{self.students:,}",
            self.database,
            f"{self.per_second:.1f}",
            f"{1000 * self.p50:.0f} ms",
            f"{1000 * self.p95:.0f} ms",
            f"{self.acknowledged}",
            f"{self.lost}",
            f"{self.doubled}",
            f"{self.first:.2f} s",
            f"{self.interactive:.2f} s",
        )


@dataclass(slots=True, kw_only=True)
class Ta:
    """One person with a `grader review`, who marks one question."""

    out: Path
    database: str | None
    author: str
    process: subprocess.Popen[str] | None = None
    port: int = 0
    cookie: str = ""

    def open(self) -> str:
        """Start the review and log in; return the address with the token for a browser."""
        command = [sys.executable, "-m", "grader", "review", str(self.out), "--no-browse"]
        command += ["--author", self.author]
        command += ["--db", self.database] if self.database else []
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)(/\S+)", self.process.stdout.readline())
        assert found
        self.port = int(found[1])
        with self._connection() as connection:
            connection.request("GET", found[2])
            answer = connection.getresponse()
            answer.read()
            self.cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
        return found[0]

    def end(self, number: int) -> None:
        """Send the signal to the review, and wait for its end."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(120)

    def keys(self) -> list[str]:
        """The students' keys, in the order of the page."""
        with self._connection() as connection:
            connection.request("GET", "/", headers={"Cookie": self.cookie})
            page = connection.getresponse().read().decode()
        return re.findall(r'href="/student/([0-9a-f]{16})"', page)

    def mark(self, keys: list[str], part: str, answered: Answered, names: dict[str, str]) -> None:
        """Mark each of the students once, until the server ends; note what was acknowledged."""
        origin = f"http://127.0.0.1:{self.port}"
        headers = {"Cookie": self.cookie, "Origin": origin, "Content-Type": "application/json"}
        with self._connection() as connection:
            for key in keys:
                mark = {"student": key, "part": part, "points": 1, "expected": 0}
                body = json.dumps({**mark, "comment": f"by {self.author}"})
                began = time.perf_counter()
                try:
                    connection.request("POST", "/marks", body, headers)
                    answer = connection.getresponse()
                    said = answer.read()
                except (OSError, HTTPException):
                    return  # killed: this mark was not acknowledged
                if answer.status != 200:
                    raise AssertionError(said.decode())
                answered.seconds.append(time.perf_counter() - began)
                answered.marks.add((names[key], part, self.author))

    def names(self) -> dict[str, str]:
        """The students' ids by key."""
        with self._connection() as connection:
            connection.request("GET", "/", headers={"Cookie": self.cookie})
            page = connection.getresponse().read().decode()
        return dict(re.findall(r'href="/student/([0-9a-f]{16})">([^<]+)<', page))

    @contextmanager
    def _connection(self) -> Iterator[HTTPConnection]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            yield connection
        finally:
            connection.close()


def class_of(students: int, out: Path) -> None:
    """Write the results of an invented class, in which nobody is marked."""
    reports = []
    for report in made_up(students):
        kept = notebook(keep(page_body(report.submission.id), out / PAGES))
        reports.append(replace(report, measurements=(*report.measurements, kept)))
    write_results(reports, LAB, out)


def measured(students: int, kind: str, work: Path, database: str | None) -> Measured:
    """Let six people mark a class, one of whose servers is killed and started again."""
    out = work / f"{kind}-{students}"
    shutil.copytree(work / f"class-{students}", out)
    tas = [Ta(out=out, database=database, author=f"ta{number}") for number in range(TAS)]
    answered = [Answered() for _ in tas]
    for ta in tas:
        ta.open()
    threads = [
        threading.Thread(target=ta.mark, args=(ta.keys()[:MARKS_EACH], part, found, ta.names()))
        for ta, part, found in zip(tas, QUESTIONS, answered, strict=True)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    _kill_in_the_middle(tas[0], answered[0])
    for ta in tas[1:]:  # each writes the files that are behind
        ta.end(signal.SIGTERM)
    tas[1].open()
    first, *openings = _interactive(tas[1], students)
    tas[1].end(signal.SIGTERM)
    waits = sorted(each for found in answered for each in found.seconds)
    given = set().union(*(found.marks for found in answered))
    with Marks.open(database or out / "marks.db") as marks:
        saved = [
            (mark.student, mark.part, mark.author)
            for parts in marks.every_history().values()
            for history in parts.values()
            for mark in history
        ]
    return Measured(
        students=students,
        database=kind,
        per_second=TAS * MARKS_EACH / seconds,
        p50=statistics.median(waits),
        p95=waits[int(0.95 * len(waits))],
        acknowledged=len(given),
        lost=len(given - set(saved)),
        doubled=len(saved) - len(set(saved)),
        first=first,
        interactive=statistics.median(openings),
    )


def _kill_in_the_middle(ta: Ta, answered: Answered) -> None:
    """Kill the server during marks of other students, start it again, and go on marking."""
    killed = Answered(marks=answered.marks)  # the time of a killed server is not measured
    keys, names = ta.keys()[MARKS_EACH : 3 * MARKS_EACH], ta.names()
    thread = threading.Thread(target=ta.mark, args=(keys, QUESTIONS[0], killed, names))
    thread.start()
    while len(killed.seconds) < MARKS_EACH // 4:
        time.sleep(0.001)
    ta.end(signal.SIGKILL)
    thread.join()
    ta.open()
    given = {student for student, part, _ in answered.marks if part == QUESTIONS[0]}
    names = ta.names()
    rest = [key for key in ta.keys()[: 3 * MARKS_EACH] if names[key] not in given]
    saved = _already_saved(ta)
    ta.mark([key for key in rest if names[key] not in saved], QUESTIONS[0], killed, names)
    ta.end(signal.SIGTERM)


def _already_saved(ta: Ta) -> set[str]:
    """The students whose mark was saved, but not acknowledged before the kill: at most one."""
    with Marks.open(ta.database or ta.out / "marks.db") as marks:
        return set(marks.all_histories(QUESTIONS[0]))


def _interactive(ta: Ta, students: int) -> list[float]:
    """The seconds until a question's page answers a key, for each of some openings."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    times = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context()
        name, _, value = ta.cookie.partition("=")
        address = f"http://127.0.0.1:{ta.port}"
        context.add_cookies([{"name": name, "value": value, "url": address}])
        for _ in range(OPENINGS):
            tab = context.new_page()
            began = time.perf_counter()
            tab.goto(f"{address}/question/1.1", wait_until="commit")
            tab.wait_for_selector(".card.current", state="attached")
            tab.keyboard.press("2")  # answered when the page's scripts have run
            tab.wait_for_function("document.activeElement?.name === 'points'")
            times.append(time.perf_counter() - began)
            assert tab.locator(".card").count() == students
            tab.close(run_before_unload=False)
        browser.close()
    return times


def table(lines: list[Measured]) -> str:
    """The section of results.md."""
    head = (
        "students", "marks in", "marks a second", "p50", "p95", "acknowledged", "lost", "doubled",
        "a question's page, first", "again",
    )  # fmt: skip
    rows = [head, ("---",) * len(head), *(each.cells for each in lines)]
    return "\n".join(
        [
            "## Marking",
            "",
            f"`python -m benchmarks.marking`, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} "
            f"cores: {TAS} people, each with a `grader review`; one is killed in the middle. "
            "Goals: 15 marks a second and p95 below 400 ms for 200, half of it for 1,000; a page "
            "within 1 s.",
            "",
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
        ]
    )


def main() -> None:
    """Measure all classes and both databases."""
    sizes = [int(each) for each in sys.argv[1:]] or list(CLASSES)
    lines = []
    bin_ = programs()
    if bin_ is None:
        sys.exit("PostgreSQL is not installed (Debian: apt install postgresql).")
    with tempfile.TemporaryDirectory() as folder, running(bin_) as address:
        work = Path(folder)
        for students in sizes:
            class_of(students, work / f"class-{students}")
            for kind in ("SQLite", "PostgreSQL"):
                database = empty_database(address) if kind == "PostgreSQL" else None
                lines.append(measured(students, kind, work, database))
                Console().print(" ".join(lines[-1].cells), markup=False, highlight=False)
    text = table(lines)
    write_section(text)
    Console().print(text, markup=False, highlight=False)


if __name__ == "__main__":
    main()
