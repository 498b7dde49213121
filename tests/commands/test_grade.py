import csv
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from grader.batch.measure import Plan
from grader.cli import app
from grader.errors import GraderError
from grader.review.classroom import open_classroom
from tests.places import ROOT, SAMPLE
from tests.test_cli import grader
from tests.writeup.pdfs import pdf, text


def test_fail_under_a_roster_and_times(tmp_path: Path) -> None:
    """A failed hand-in has zero points, below --fail-under; missing students are listed.

    The results are written in any case.
    """
    (tmp_path / "B1.zip").write_bytes(b"")
    (tmp_path / "roster.csv").write_text("Student ID,Full name\nB1,Jane Doe\nB2,Li Wei\n")
    (tmp_path / "times.csv").write_text("Student ID,Submitted\nB1,2024-04-04 10:00\n")
    out = tmp_path / "results"
    ran = grader(
        *("grade", tmp_path / "B1.zip", "--out", out, "--data", SAMPLE, "--fail-under", 1),
        *("--roster", tmp_path / "roster.csv", "--submitted-at", tmp_path / "times.csv"),
    )
    assert ran.returncode == 1, ran.stderr
    assert "below 1" in ran.stderr
    assert "B2" in ran.stderr
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as sheet:
        assert [row[0] for row in csv.reader(sheet)][1:] == ["B1"]
    assert not list(out.glob("work*"))


def test_wrong_usage_writes_nothing(tmp_path: Path) -> None:
    """A missing lab or hand-in is an error before the results folder is created."""
    (tmp_path / "B1.zip").write_bytes(b"")
    for arguments in (["B2.zip"], ["B1.zip", "--lab", "no-such-lab"], ["B1.zip", "--device", "x"]):
        name, *options = arguments
        asked = ["grade", str(tmp_path / name), *options, "--out", str(tmp_path / "out")]
        ran = CliRunner().invoke(app, asked)
        assert isinstance(ran.exception, GraderError), arguments
        assert not (tmp_path / "out").exists()


def test_a_class_of_write_ups_is_graded_without_torch(tmp_path: Path) -> None:
    """Neither the command nor its workers import it: a package of that name ends them here."""
    trap = tmp_path / "trap" / "torch"
    trap.mkdir(parents=True)
    (trap / "__init__.py").write_text('raise AssertionError("torch was imported")')
    for student in ("B1", "B2"):
        page = text("We used a Raspberry Pi 4 with 8 GB of memory.", f"Student {student}")
        (tmp_path / f"{student}.pdf").write_bytes(pdf(page))
    path = os.pathsep.join([str(trap.parent), str(ROOT), os.environ.get("PYTHONPATH", "")])
    asked = ["grade", "B1.pdf", "B2.pdf", "--lab", "on-device-2022", "--jobs", "2"]
    ran = subprocess.run(
        [sys.executable, "-m", "grader", *asked],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    out = tmp_path / "results"
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as sheet:
        found = {each["student"]: each for each in csv.DictReader(sheet)}
    assert found.keys() == {"B1", "B2"}
    assert found["B1"]["found"] == "1"
    assert found["B1"]["pending"] == "10.0000"
    report = json.loads((out / "students" / "B1" / "report.json").read_text(encoding="utf-8"))
    assert {each["status"] for each in report["measurements"]} == {"passed", "skipped"}
    assert "Raspberry Pi 4" in (out / "students" / "B1" / "feedback.html").read_text()
    for command in ("similar", "diff"):
        again = [str(out)] * (1 if command == "similar" else 2)
        assert CliRunner().invoke(app, [command, *again]).exit_code == 0


def hand_in(path: Path, content: str = "") -> Path:
    """A zip that lacks what the lab asks for; its content makes the bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("readme.txt"), content)
    return path


def in_threads(
    jobs: int, /, *, initializer: Callable[..., None], initargs: tuple[Any, ...]
) -> ThreadPoolExecutor:
    """An executor in this process, which imports torch once for all classes of these tests."""
    return ThreadPoolExecutor(jobs, initializer=initializer, initargs=initargs)


@pytest.fixture
def quick_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `grader grade` measure in this process."""
    monkeypatch.setattr("grader.commands.grade.Plan", partial(Plan, executor=in_threads))


def graded(out: Path, *paths: object, answer: str | None = None) -> Result:
    """The end of `grader grade` in this process."""
    asked = ["grade", *map(str, paths), "--out", str(out), "--data", str(SAMPLE)]
    return CliRunner().invoke(app, asked, input=answer)


def rows(out: Path) -> dict[str, dict[str, str]]:
    """The rows of grades.csv, by student."""
    with (out / "grades.csv").open(encoding="utf-8", newline="") as sheet:
        return {row["student"]: row for row in csv.DictReader(sheet)}


def given(out: Path, *students: str) -> None:
    """Give each student one point for question 1.1."""
    lines = [f"{student},1.1,1,good,0" for student in students]
    text = "\n".join(["student,part,points,comment,version", *lines])
    with open_classroom(out, None, None) as classroom:
        assert classroom.import_sheet(text, "alice").marks == len(students)


@pytest.mark.usefixtures("quick_workers")
def test_a_late_zip_is_added_to_the_class(tmp_path: Path) -> None:
    """New students are added, changed bytes are graded again, the others stay."""
    out = tmp_path / "results"
    first, second = hand_in(tmp_path / "class" / "B1.zip"), hand_in(tmp_path / "class" / "B2.zip")
    assert "Added 2, graded again 0, kept 0." in graded(out, first, second).output
    late = hand_in(tmp_path / "late" / "B3.zip")
    assert "Added 1, graded again 0, kept 2." in graded(out, late).output
    hand_in(first, "changed")
    assert "Added 0, graded again 1, kept 2." in graded(out, first).output
    assert rows(out).keys() == {"B1", "B2", "B3"}
    page = (out / "index.html").read_text(encoding="utf-8")
    for student in ("B1", "B2", "B3"):
        assert f"students/{student}/feedback.html" in page
        assert (out / "students" / student / "report.json").is_file()


@pytest.mark.usefixtures("quick_workers")
def test_only_replaces_the_class_and_keeps_a_copy(tmp_path: Path) -> None:
    """It asks first; where nobody can be asked, it needs --yes."""
    out = tmp_path / "results"
    graded(out, hand_in(tmp_path / "B1.zip"))
    other = hand_in(tmp_path / "B2.zip")
    refused = graded(out, other, "--only")
    assert isinstance(refused.exception, GraderError)
    assert "--yes" in str(refused.exception.help)
    assert rows(out).keys() == {"B1"}
    replaced = graded(out, other, "--only", "--yes")
    assert replaced.exit_code == 0, replaced.output
    assert rows(out).keys() == {"B2"}
    assert not (out / "students" / "B1").exists()
    (copy,) = (out / "earlier").iterdir()
    assert rows(copy).keys() == {"B1"}
    assert (copy / "students" / "B1" / "report.json").is_file()
    assert "Added 1" in graded(out, tmp_path / "B1.zip").output


@pytest.mark.usefixtures("quick_workers")
def test_only_asks_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No leaves the class as it was."""
    out = tmp_path / "results"
    graded(out, hand_in(tmp_path / "B1.zip"))
    monkeypatch.setattr("grader.commands.grade.can_answer", lambda: True)
    other = hand_in(tmp_path / "B2.zip")
    assert graded(out, other, "--only", answer="n\n").exit_code == 1
    assert rows(out).keys() == {"B1"}
    assert graded(out, other, "--only", answer="y\n").exit_code == 0
    assert rows(out).keys() == {"B2"}


@pytest.mark.usefixtures("quick_workers")
def test_a_class_of_another_lab_is_refused(tmp_path: Path) -> None:
    """Nothing is written; the message names both ways out."""
    out = tmp_path / "results"
    graded(out, hand_in(tmp_path / "B1.zip"), "--lab", "prune-mobilenet-2025")
    refused = graded(out, hand_in(tmp_path / "B2.zip"))
    assert isinstance(refused.exception, GraderError)
    assert "prune-mobilenet-2025" in str(refused.exception)
    assert "--out" in str(refused.exception.help)
    assert "grader rescore" in str(refused.exception.help)
    assert rows(out).keys() == {"B1"}


@pytest.mark.usefixtures("quick_workers")
def test_a_strangers_twin_takes_no_mark(tmp_path: Path) -> None:
    """One row without a total, both files named; the marks stay the first person's."""
    out = tmp_path / "results"
    graded(out, hand_in(tmp_path / "class" / "B1.zip"))
    given(out, "B1")
    graded(out, hand_in(tmp_path / "other" / "b1.zip", "another"))
    (row,) = rows(out).values()
    assert (row["student"], row["total"], row["needs_review"]) == ("B1", "", "yes")
    assert "class/B1.zip" in row["reason"]
    assert "other/b1.zip" in row["reason"]
    assert row["question 1.1"] == "1.0000"


@pytest.mark.usefixtures("quick_workers")
def test_marks_of_a_replaced_class_are_listed(tmp_path: Path) -> None:
    """They count again for the same person."""
    out = tmp_path / "results"
    graded(out, hand_in(tmp_path / "B1.zip"))
    given(out, "B1")
    ran = graded(out, hand_in(tmp_path / "B2.zip"), "--only", "--yes")
    assert "B1, 1.1" in ran.output
    assert "B1, 1.1" not in graded(out, tmp_path / "B1.zip").output
    assert rows(out)["B1"]["question 1.1"] == "1.0000"


@pytest.mark.usefixtures("quick_workers")
def test_names_that_took_anothers_place(cases: Path, tmp_path: Path) -> None:
    """Each student of the real attacks has a folder, and the next run finds it again."""
    attacks = cases / "attacks"
    moodle = attacks / "shared-folder" / "moodle-download.zip"
    for name, paths, students in (
        ("moodle", [moodle], 3),
        ("leaked", [attacks / "leaked-feedback"], 2),
        ("database", [attacks / "database-names"], 3),
        ("canvas", [attacks / "canvas-name-takeover.zip"], 3),
    ):
        out = tmp_path / name
        for added in (students, 0):
            ran = graded(out, *paths)
            assert ran.exit_code == 0, ran.output
            assert f"Added {added}, graded again 0, kept {students - added}." in ran.output
        found = rows(out)
        assert len({row["folder"] for row in found.values()}) == students
        for student, row in found.items():
            report = json.loads((out / "students" / row["folder"] / "report.json").read_text())
            assert report["submission"]["id"] == student


@pytest.mark.usefixtures("quick_workers")
def test_a_twin_in_the_lms_keeps_the_others_marks(cases: Path, tmp_path: Path) -> None:
    """Mallory hands in `b1.zip` a week later: Bob keeps his id, his folder and his marks."""
    out, downloads = tmp_path / "results", cases / "attacks" / "twin"
    graded(out, downloads / "lms1.zip")
    before = rows(out)
    given(out, *before)
    ran = graded(out, downloads / "lms2.zip")
    assert "Added 1, graded again 0, kept 2." in ran.output
    after = rows(out)
    for student, row in before.items():
        assert after[student]["folder"] == row["folder"]
        assert after[student]["question 1.1"] == "1.0000"
    (mallory,) = after.keys() - before.keys()
    assert after[mallory]["question 1.1"] == "0.0000"  # without a notebook


@pytest.mark.usefixtures("quick_workers")
def test_in_a_course_no_option_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lab, its hand-ins, the roster with its extensions and the results are the course's."""
    (tmp_path / "roster.csv").write_text("ID,Name,Extension,Excuse\nB1,Jane,3,\nB2,Li,,ill\n")
    assert CliRunner().invoke(app, ["init", str(tmp_path)]).exit_code == 0
    text = (tmp_path / "course.toml").read_text()
    (tmp_path / "course.toml").write_text(f'data = "{SAMPLE}"\n{text}')
    hand_in(tmp_path / "lab1" / "hand-ins" / "B1.zip")
    (tmp_path / "times.csv").write_text("ID,Submitted\nB1,2024-04-06 10:00\n")
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(app, ["grade", "--submitted-at", "times.csv"])
    assert ended.exit_code == 0, ended.output
    out = tmp_path / "lab1" / "results"
    assert "B2" in ended.output  # on the roster, without a hand-in
    assert rows(out)["B1"]["late"] == "on time"
    report = json.loads((out / "students" / "B1" / "report.json").read_text(encoding="utf-8"))
    assert report["submission"]["handed_in"]["extension"]["days"] == 3
    assert "extension" in report["grade"]["lateness"]["text"]
    assert CliRunner().invoke(app, ["course", "totals"]).exit_code == 0
    assert CliRunner().invoke(app, ["leaderboard"]).exit_code == 0
    assert (out / "leaderboard.html").is_file()
