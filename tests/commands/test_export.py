"""The commands, from a class's results to the files that go back."""

import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from grader.commands.export import canvas, gradescope, junit, moodle, summary
from grader.errors import GraderError
from grader.results.write import write_results
from tests.ci_runners import commands_in
from tests.lms import sheets
from tests.places import ROOT
from tests.report.examples import LAB
from tests.review.classes import of_three
from tests.test_cli import grader

BASH = shutil.which("bash") or "bash"
STUDENTS = {"A1234567": ("101", "Jane Doe"), "B2345678": ("102", "李 小龍")}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a class of three, two of whom came by way of Moodle."""
    folder = tmp_path_factory.mktemp("exporting") / "results"
    reports = []
    for report in of_three(folder):
        number, name = STUDENTS.get(report.submission.id, ("", ""))
        (came,) = sheets.from_lms(
            "moodle", [(number, f"{name}_{number}_assignsubmission_file_/", name)]
        )
        submission = replace(report.submission, handed_in=came if number else None)
        reports.append(replace(report, submission=submission))
    write_results(reports, LAB, folder)
    return folder


def test_moodle_without_marks_changes_nothing(out: Path, tmp_path: Path) -> None:
    """With points pending, the sheet is written unchanged."""
    (tmp_path / "in.csv").write_bytes(sheets.MOODLE)
    moodle(sheet=tmp_path / "in.csv", to=tmp_path / "out.csv", out=out)
    assert (tmp_path / "out.csv").read_bytes() == sheets.MOODLE


def test_moodle_and_everybodys_feedback(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two grades, two pages under Moodle's names, and a note on the rest."""
    (tmp_path / "in.csv").write_bytes(sheets.MOODLE)
    moodle(
        sheet=tmp_path / "in.csv",
        to=tmp_path / "out.csv",
        out=out,
        feedback=tmp_path / "feedback.zip",
        include_pending=True,
    )
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        assert archive.namelist() == [
            "Jane Doe_101_assignsubmission_file_/feedback.html",
            "李 小龍_102_assignsubmission_file_/feedback.html",
        ]
    said = capsys.readouterr()
    assert "2 grades" in said.out
    assert "C3456789" in said.err


def test_nothing_is_written_from_a_sheet_of_another_course(out: Path, tmp_path: Path) -> None:
    """Neither the sheet nor the feedback, and what was there stays."""
    (tmp_path / "in.csv").write_bytes(sheets.MOODLE.replace(b"Participant 10", b"Participant 99"))
    (tmp_path / "out.csv").write_text("old")
    with pytest.raises(GraderError, match="hand-ins"):
        moodle(
            sheet=tmp_path / "in.csv",
            to=tmp_path / "out.csv",
            out=out,
            feedback=tmp_path / "feedback.zip",
        )
    assert (tmp_path / "out.csv").read_text() == "old"
    assert not (tmp_path / "feedback.zip").exists()


def test_canvas_and_the_rest(out: Path, tmp_path: Path) -> None:
    """A gradebook by student id, and a file or a test for each hand-in."""
    book = sheets.CANVAS.replace(b",B1,", b",a1234567,")
    (tmp_path / "in.csv").write_bytes(book)
    canvas(
        sheet=tmp_path / "in.csv",
        assignment="12",
        to=tmp_path / "out.csv",
        out=out,
        include_pending=True,
    )
    changed = (tmp_path / "out.csv").read_bytes()
    assert changed != book
    assert len(changed) - len(book) == len("12.34")
    gradescope(to=tmp_path / "gradescope", out=out)
    assert len(list((tmp_path / "gradescope").iterdir())) == 3
    junit(to=tmp_path / "junit.xml", out=out)
    assert (tmp_path / "junit.xml").read_text(encoding="utf-8").count("<testsuite ") == 3
    summary(to=tmp_path / "summary.md", out=out)
    assert "A1234567" in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_a_lab_of_the_same_name_is_not_taken_for_the_classs(tmp_path: Path) -> None:
    """A file's policy for what is late is not lost because the lab in it kept its name."""
    folder = tmp_path / "results"
    reports = [
        replace(each, provenance=replace(each.provenance, lab_sha256="other"))
        for each in of_three(folder)
    ]
    write_results(reports, LAB, folder)
    with pytest.raises(GraderError, match="prune-mobilenet-2024"):
        junit(to=tmp_path / "junit.xml", out=folder)
    junit(to=tmp_path / "junit.xml", out=folder, lab="prune-mobilenet-2024")


def test_a_sheet_that_is_not_there(out: Path, tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(GraderError, match=r"none\.csv"):
        moodle(sheet=tmp_path / "none.csv", to=tmp_path / "out.csv", out=out)


@pytest.mark.system
def test_the_action_asks_for_what_the_grader_takes(tmp_path: Path) -> None:
    """The step's own script, run as a runner does: no input is run, and every option is known.

    Commands are stopped around the grader, whose exit code is the step's.
    """
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    step = action["runs"]["steps"][-1]
    recorder = tmp_path / "bin" / "grader"
    recorder.parent.mkdir()
    prints = 'echo "::error::forged"\necho "##[error]x"\n'
    recorder.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > asked\n{prints}exit 3\n')
    recorder.chmod(0o755)
    values = {
        "HAND_IN": "$(touch x).zip",
        "LAB": "`touch x`",
        "QUICK": "true",
        "JUNIT": "; touch x",
    }
    assert set(step["env"]) == set(values)
    path = f"{recorder.parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        [BASH, "-eo", "pipefail", "-c", step["run"]],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": path, "GITHUB_STEP_SUMMARY": "summary.md", **values},
    )
    assert ran.returncode == 3
    assert "::error::forged" in ran.stdout
    assert commands_in(ran.stdout) == []
    assert commands_in(ran.stdout + "::error::ours") == ["::error::ours"]  # they are taken again
    assert not (tmp_path / "x").exists()
    command, hand_in, *options = (tmp_path / "asked").read_text().splitlines()
    assert (command, hand_in) == ("check", values["HAND_IN"])
    known = grader("check", "--help").stdout
    assert all(each in known for each in options if each.startswith("--"))
    assert {values["LAB"], values["JUNIT"], "--quick", "summary.md"} <= set(options)


def test_export_has_help() -> None:
    """Every LMS and every report is a command."""
    ran = grader("export", "--help")
    assert ran.returncode == 0
    for name in ("moodle", "canvas", "gradescope", "junit", "summary"):
        assert name in ran.stdout


def test_the_students_page_uses_the_action_as_it_is() -> None:
    """Its workflow is valid YAML; it names the action by a path, and only inputs that it has."""
    page = (ROOT / "docs" / "students.md").read_text(encoding="utf-8")
    found = re.search(r"^    on: push\n(?:    .*\n)+", page, re.MULTILINE)
    assert found
    workflow = yaml.safe_load(found[0])
    steps = workflow["jobs"]["check"]["steps"]
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert steps[0]["with"] == {"submodules": True}
    assert steps[1]["uses"].startswith("./")
    assert set(steps[1]["with"]) <= set(action["inputs"])


def test_the_action_keeps_its_packages_for_the_next_run() -> None:
    """The key of the cache has the system, Python, and a hash of all that pip is asked for."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    steps = {step.get("id") or step.get("name"): step for step in action["runs"]["steps"]}
    cache = next(each for each in steps.values() if "cache" in each.get("uses", ""))
    for part in ("runner.os", "runner.arch", "python-version", "steps.grader.outputs.packages"):
        assert part in cache["with"]["key"]
    assert "pyproject.toml constraints.txt" in steps["grader"]["run"]
    assert "apt-get update" in steps["Install the grader"]["run"]
