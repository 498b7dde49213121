"""Eight write-ups go from a download of Canvas through the review to Canvas's gradebook."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.lms.downloads import as_zip
from tests.review.test_browser import arrive, give, reviewing
from tests.review.write_ups import honest

pytestmark = [pytest.mark.system, pytest.mark.slow]

STUDENTS = 8
ASSIGNMENT = "Lab 4 (771)"
HEAD = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", ASSIGNMENT]


def grader(*arguments: object, cwd: Path) -> None:
    """Run the grader to its end."""
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def gradebook(path: Path) -> Path:
    """The gradebook as Canvas exports it: the possible points stand in its second row."""
    rows = [HEAD, ["    Points Possible", "", "", "", "", "10"]]
    rows += [
        [f"Student, {n}", f"100{n}", f"s{n}", f"login{n}", "A", ""] for n in range(1, STUDENTS + 1)
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_from_canvas_to_canvas(tmp_path: Path, browser: Browser) -> None:
    """Marked by keyboard in a real browser; every student has their own points in the sheet."""
    files = {
        f"student{n}_100{n}_200{n}_report.pdf": honest(f"Student {n}")
        for n in range(1, STUDENTS + 1)
    }
    download, sheet = as_zip(tmp_path, files), gradebook(tmp_path / "gradebook.csv")
    out, filled = tmp_path / "out", tmp_path / "filled.csv"
    grader(
        "grade", download, "--lab", "on-device-2022", "--roster", sheet, "--out", out, cwd=tmp_path
    )
    with reviewing(out, "alice") as address:
        page = browser.new_context().new_page()
        page.goto(address)
        page.get_by_role("link", name="Submission").focus()
        page.keyboard.press("Enter")
        for item, points in (
            ("Submission", "22222222"),
            ("Basic requirements", "01234543"),
            ("Report", "01201201"),
            ("Thoughtful discussion", "10101010"),
        ):
            arrive(page, item)
            for number, given in enumerate(points, start=1):
                give(page, given, number)
            for _ in range(STUDENTS):
                page.keyboard.press("k")  # `n` keeps the student
            expect(page.locator(".card.current .who")).to_have_text("s1")
            page.keyboard.press("n")
    grader(
        "export",
        "canvas",
        out,
        "--sheet",
        sheet,
        "--assignment",
        "Lab 4",
        "--to",
        filled,
        cwd=tmp_path,
    )
    with filled.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["SIS User ID"]: row[ASSIGNMENT] for row in csv.DictReader(file)}
    assert {id: float(points) for id, points in rows.items() if id} == {
        "s1": 3, "s2": 4, "s3": 7, "s4": 5, "s5": 8, "s6": 9, "s7": 7, "s8": 6,
    }  # fmt: skip
