"""A results folder has a copy of the lab by which it was graded."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.labs import LAB_FOLDER
from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab
from grader.report import csv
from grader.results.folder import LAB, LAB_FILE, REPORT
from grader.results.read import lab_of, read_results
from grader.results.write import write_results
from grader.types import Report
from tests.classes import folder_of
from tests.report.examples import passed

OWN = """
extends = "prune-mobilenet-2024"
name = "own-lab"
[layout]
blank_notebook = "own.ipynb"
[score]
mflops_goal = 40.0
"""


@pytest.fixture
def own(tmp_path: Path) -> NetworkLab:
    """A lab that is not shipped, with its blank notebook beside it."""
    blank = (LAB_FOLDER / "prune-mobilenet.ipynb").read_bytes()
    (tmp_path / "own.ipynb").write_bytes(blank + b"\n")
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    return network_lab(str(tmp_path / "own.toml"))


def by(lab: NetworkLab, *students: str) -> tuple[Report, ...]:
    """Reports graded by `lab`."""
    made = (passed(student, 44.0, 9300, 0.4) for student in students)
    return tuple(
        replace(each, provenance=replace(each.provenance, lab=lab.name, lab_sha256=lab.sha256))
        for each in made
    )


def test_the_lab_file_is_not_needed_again(own: NetworkLab, tmp_path: Path) -> None:
    """Without the lab file and its notebook, the kept lab and both its hashes are the same."""
    out = tmp_path / "results"
    write_results(by(own, "B1"), own, out)
    for file in ("own.toml", "own.ipynb"):
        (tmp_path / file).unlink()
    kept = lab_of(read_results(out), out)
    assert kept == own
    assert (kept.sha256, kept.measured_sha256) == (own.sha256, own.measured_sha256)
    assert kept.blank == own.blank
    assert "extends" not in (out / LAB / LAB_FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize("spoil", ["gone", "of another class", "not a lab"])
def test_a_folder_without_its_lab_needs_an_option(
    own: NetworkLab, tmp_path: Path, spoil: str
) -> None:
    """A class by another lab needs --lab, a class by a shipped lab does not."""
    out = tmp_path / "results"
    write_results(by(own, "B1"), own, out)
    file = out / LAB / LAB_FILE
    if spoil == "gone":
        file.unlink()
    else:
        name = "prune-mobilenet-2025"
        text = f'extends = "{name}"\nname = "{name}"' if spoil == "of another class" else "[["
        file.write_text(text, encoding="utf-8")
    with pytest.raises(GraderError, match="own-lab") as refused:
        lab_of(read_results(out), out)
    assert "--lab" in str(refused.value.help)
    shipped = network_lab()
    assert lab_of(by(shipped, "B1"), out) == shipped


@pytest.mark.parametrize("student", ["lab", "LAB"])
def test_an_older_graders_student_with_the_id_lab(tmp_path: Path, student: str) -> None:
    """That student's folder stood where the kept lab stands now, and is still read."""
    out = tmp_path / "results"
    reports = by(network_lab(), student)
    write_results(reports, network_lab(), out)
    (out / "grades.csv").write_text(csv.render(reports), encoding="utf-8")  # names no folder
    (out / student).mkdir(exist_ok=True)
    (out / student / REPORT).write_bytes((out / folder_of(student) / REPORT).read_bytes())
    assert [each.submission.id for each in read_results(out)] == [student]
    (out / LAB / LAB_FILE).unlink()
    (out / folder_of(student) / REPORT).unlink()
    assert [each.submission.id for each in read_results(out)] == [student]
