"""A review that ends in any way leaves, or the next one writes, files that equal the database."""

import csv
import html
import json as json_module
import re
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from grader.commands.export import moodle
from grader.intake.person import person_of
from grader.report import json
from grader.results.folder import FEEDBACK, FEEDBACK_TEXT, PAGE, REPORT, SHEET
from grader.results.read import folders_of
from grader.results.write import write_results
from grader.review.classroom import open_classroom
from grader.types import Report
from tests.lms import sheets
from tests.report.examples import LAB
from tests.review.browsers import sent_mark
from tests.review.classes import of_three

pytestmark = [pytest.mark.system]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A browser that has opened a review."""

    address: str
    opener: urllib.request.OpenerDirector

    def mark(self, number: int) -> None:
        """Give 2 points for question 1.1 to the student with this number in the list."""
        keys = re.findall(r'href="/student/([0-9a-f]{16})"', self._get("/"))
        body = json_module.dumps(sent_mark(keys[number])).encode()
        headers = {"Content-Type": "application/json", "Origin": self.address}
        request = urllib.request.Request(f"{self.address}/marks", body, headers)  # noqa: S310
        with self.opener.open(request, timeout=30) as answer:
            assert answer.status == 200

    def _get(self, path: str) -> str:
        with self.opener.open(self.address + path, timeout=30) as answer:
            return str(answer.read().decode())


@contextmanager
def reviewing(out: Path) -> Iterator[tuple[subprocess.Popen[str], Client]]:
    """A review of `out` in a process of its own, and a browser that has opened it."""
    command = [sys.executable, "-m", "grader", "review", str(out), "--no-browse", "--author", "a"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            found = re.search(r"(http://[^/]+)/\S+", server.stdout.readline())
            assert found
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
            opener.open(found[0], timeout=30).close()
            yield server, Client(address=found[1], opener=opener)
        finally:
            server.kill()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The results of a class of three from Moodle."""
    folder = tmp_path / "results"
    reports = []
    for number, report in enumerate(of_three(folder), start=101):
        (came,) = sheets.from_lms(
            "moodle", [(f"{number}", f"S {number}_{number}_assignsubmission_file_/", f"S {number}")]
        )
        submission = replace(report.submission, handed_in=came)
        reports.append(replace(report, submission=submission))
    write_results(reports, LAB, folder)
    return folder


def graded(out: Path) -> tuple[Report, ...]:
    """The class as the database of marks has it."""
    with open_classroom(out, None, None) as classroom:
        return classroom.reports()


def differing(out: Path) -> set[str]:
    """The names of the files of the class that do not show the grades of the database."""
    found = set()
    with (out / SHEET).open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    page = (out / PAGE).read_text(encoding="utf-8")
    folders = folders_of(out)
    for report in graded(out):
        folder, row = folders[person_of(report.submission)], rows[report.submission.id]
        total = report.grade.total or 0.0
        if json.parse((folder / REPORT).read_text(encoding="utf-8")).grade != report.grade:
            found.add(REPORT)
        if float(row["total"]) != pytest.approx(total, abs=1e-4):
            found.add(SHEET)
        if float(row["pending"]) != report.grade.pending:
            found.add(SHEET)
        for name in (FEEDBACK, FEEDBACK_TEXT):
            said = html.unescape((folder / name).read_text(encoding="utf-8"))
            if f"{total:.2f}" not in said:
                found.add(name)
        if f"{total:.2f}" not in page:
            found.add(PAGE)
    return found


def exported(out: Path, to: Path) -> dict[str, tuple[str, str]]:
    """The grade in Moodle's sheet and the page in the zip of each student, by Moodle's number."""
    lines = ["Identifier,Full name,Status,Grade,Maximum grade,Grade can be changed"]
    lines += [f"Participant {number},S {number},Submitted,,100,Yes" for number in (101, 102, 103)]
    (to / "in.csv").write_text("\n".join(lines), encoding="utf-8")
    moodle(
        sheet=to / "in.csv", to=to / "out.csv", out=out, feedback=to / "f.zip",
        include_pending=True,
    )  # fmt: skip
    with (
        (to / "out.csv").open(encoding="utf-8-sig", newline="") as file,
        zipfile.ZipFile(to / "f.zip") as archive,
    ):
        pages = {name.split("_")[1]: archive.read(name).decode() for name in archive.namelist()}
        return {
            row["Identifier"].split()[1]: (row["Grade"], pages[row["Identifier"].split()[1]])
            for row in csv.DictReader(file)
        }


@pytest.mark.parametrize("by", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_every_signal_writes_all_files(out: Path, by: str) -> None:
    """Ctrl-C, `kill`, and a closed terminal: sheet, pages and database are equal at the end."""
    with reviewing(out) as (server, client):
        for number in range(3):
            client.mark(number)
        server.send_signal(getattr(signal, by))
        assert server.wait(60) == 0
    assert [each.grade.pending for each in graded(out)]
    assert all(
        question.earned == 2
        for report in graded(out)
        for item in report.grade.items
        for question in item.questions
        if question.id == "1.1"
    )
    assert differing(out) == set()


def test_after_a_kill_an_export_shows_the_database(out: Path, tmp_path: Path) -> None:
    """The files are behind; the sheet and the feedback are both made from the marks."""
    with reviewing(out) as (server, client):
        for number in range(3):
            client.mark(number)
        server.kill()
        server.wait(60)
    entered = exported(out, tmp_path)
    for report in graded(out):
        assert report.submission.handed_in is not None
        grade, page = entered[report.submission.handed_in.lms_id or ""]
        assert float(grade) == pytest.approx(report.grade.total, abs=0.005)
        assert f"{report.grade.total:.2f}" in page


def test_after_a_kill_the_next_review_writes_all_files(out: Path) -> None:
    """It begins by writing what is behind, before anybody marks."""
    with reviewing(out) as (server, client):
        for number in range(3):
            client.mark(number)
        server.kill()
        server.wait(60)
    assert differing(out)
    with reviewing(out):
        wait_for_the_files(out)


def test_the_files_follow_while_the_review_runs(out: Path) -> None:
    """A mark is in every file soon after it was given."""
    with reviewing(out) as (_, client):
        client.mark(1)
        wait_for_the_files(out)


def wait_for_the_files(out: Path) -> None:
    """Wait until no file differs from the database."""
    deadline = time.monotonic() + 60
    while differing(out):
        assert time.monotonic() < deadline
        time.sleep(0.5)
