"""docs/course.md, followed to the letter: every command, every file, in its order."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.listing import render_labs
from grader.course.sheet import render_json
from grader.course.table import CourseLabTable, CourseTable, TotalsTable
from tests.course.courses import course_in
from tests.course.examples import example_totals
from tests.lms import downloads
from tests.lms.sheets import MOODLE
from tests.places import ROOT, SAMPLE

pytestmark = [pytest.mark.slow, pytest.mark.system]

PAGE = (ROOT / "docs" / "course.md").read_text(encoding="utf-8")
# A command in an indented line, or a file in a fence with the words before it.
STEP = re.compile(
    r"^    (?P<command>(?:grader|cd) [^\n]+)$|^```(?:toml|csv)\n(?P<text>.*?)^```$", re.M | re.S
)
ONCE = {"grader data fetch"}  # needs the network
FILE = re.compile(r"`([\w.-]+\.(?:toml|csv))`")


class Instructor:
    """A person who types what the page says, in an empty folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.said: dict[str, str] = {}
        monkeypatch.setenv("GRADER_DATA", str(SAMPLE))
        monkeypatch.setenv("BROWSER", "true")
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        monkeypatch.setenv("PYTHONPATH", path)

    def types(self, command: str) -> None:
        """Run a command; a question is answered with yes, a page is served until Ctrl-C."""
        name, *rest = command.split()
        if name == "cd":
            self.folder /= rest[0]
            return
        started = subprocess.Popen(
            [sys.executable, "-m", "grader", *rest],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            start_new_session=True,
        )
        if rest[0] == "review":
            assert started.stdout is not None
            self.said[command] = started.stdout.readline()
            started.send_signal(signal.SIGINT)
        answered, _ = started.communicate("y\n", timeout=300)
        self.said[command] = self.said.get(command, "") + answered
        wanted = {0, 130} if rest[0] == "review" else {0}
        assert started.returncode in wanted, f"{command}\n{answered}"

    def writes(self, name: str, text: str) -> None:
        """Write a sheet, change lines of a file that is there, or add a table at its end."""
        file = self.folder / name
        if not file.exists():
            file.write_text(text, encoding="utf-8")
        elif "[[" in text:
            file.write_text(f"{file.read_text(encoding='utf-8')}\n{text}", encoding="utf-8")
        else:
            lines = file.read_text(encoding="utf-8").splitlines()
            for wanted in filter(None, text.splitlines()):
                start = re.escape(wanted.partition(" = ")[0])
                setting = re.compile(rf"(?:# )?{start}(?: =|$)")
                (at,) = [each for each, line in enumerate(lines) if setting.match(line)]
                lines[at] = wanted
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def from_moodle(folder: Path) -> None:
    """Put the download and the worksheet where the page says."""
    class_ = {name: each for name, each in downloads.MOODLE.items() if "Ann Text" not in name}
    downloads.as_zip(folder / "lab1" / "hand-ins", class_, "Edge AI-Lab 1-77.zip")
    (folder / "worksheet.csv").write_bytes(MOODLE)


def follow(instructor: Instructor, before: dict[str, Callable[[], None]]) -> None:
    """Do every step of the page; `before` a command, something else comes from outside."""
    for step in STEP.finditer(PAGE):
        command = step["command"]
        if command is not None and command not in ONCE:
            before.get(command, lambda: None)()
            instructor.types(command)
        elif step["text"] is not None:
            *_, name = FILE.findall(PAGE[: step.start()])
            instructor.writes(name, step["text"])


def test_the_first_hour_to_the_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From an empty folder to the worksheet and the feedback for Moodle, and the term's total."""
    instructor = Instructor(tmp_path, monkeypatch)
    course = tmp_path / "edge-ai"
    graded = "grader grade --submitted-at worksheet.csv"
    follow(instructor, {graded: lambda: from_moodle(course)})
    said = instructor.said
    assert "lab1" in said["grader course check"]
    assert "B4" in said[graded]  # on the roster, without a hand-in
    assert (course / "lab1" / "results" / "index.html").is_file()
    assert "Wrote the marks" in said["grader review"]
    worksheet, filled = ((course / f"{name}.csv").read_bytes() for name in ("worksheet", "graded"))
    assert len(worksheet.splitlines()) == len(filled.splitlines())
    with zipfile.ZipFile(course / "feedback.zip") as feedback:
        assert any("Jane Doe_101" in name for name in feedback.namelist())
    with (course / "totals.csv").open(encoding="utf-8-sig", newline="") as sheet:
        rows = {row["student"]: row for row in csv.DictReader(sheet)}
    assert set(rows) == {"B1", "B2", "B3", "B4"}
    assert rows["B2"]["name"] == "李小龍"
    assert rows["B4"]["lab1 state"] == "excused"
    assert {row["lab2 state"] for row in rows.values()} == {"not graded yet"}


def test_every_key_is_explained() -> None:
    """The page's table of keys has each key of the file."""
    table = PAGE.split("## The keys")[1]
    keys = {key for line in table.splitlines() for key in re.findall(r"`([a-z.]+)`", line[:40])}
    assert keys >= {name for name in CourseTable.model_fields if name not in {"labs", "totals"}}
    assert keys >= {f"totals.{name}" for name in TotalsTable.model_fields}
    assert keys >= {f"labs.{name}" for name in CourseLabTable.model_fields}


def test_every_key_of_the_json_is_explained(tmp_path: Path) -> None:
    """Those of the labs, of the totals and of their parts."""
    explained = set(re.findall(r"`([a-z_]+)`", PAGE.split("## The keys of --json")[1]))
    course = json.loads(render_labs(course_in(tmp_path)))
    totals = json.loads(render_json(example_totals(tmp_path)))
    student = totals["students"][0]
    parts = (course, course["labs"][0], totals, totals["labs"][0], student)
    assert explained >= {key for part in (*parts, student["labs"]["lab1"]) for key in part}
