"""The example hand-ins in submissions/, graded as `make grade` grades them, but on the sample."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.results.folder import LAB, STUDENTS
from tests.places import REFERENCE, ROOT, SAMPLE

GOLDEN = json.loads((REFERENCE / "golden.json").read_text())

pytestmark = [pytest.mark.slow, pytest.mark.system]

# Example: the measurement that decides, its status, and a part of its reason or review.
VERDICTS = {
    "accepted": ("accuracy.pytorch", "passed", None),
    "accepted-first-form": ("accuracy.program", "passed", None),
    "accuracy-too-low": ("accuracy.pytorch", "passed", None),
    "damaged-zip": ("intake.archive", "failed", "damaged-zip.zip"),
    "hostile-pickle": ("structure.lineage", "failed", "io.open"),
    "missing-model": ("intake.layout", "failed", "model/mobilenet.pth"),
    "notebook-not-renamed": ("intake.layout", "passed", "lab2.ipynb"),
    "not-mobilenet": ("structure.lineage", "failed", "VGG"),
    "wrong-lab": ("intake.layout", "failed", "model/mobilenet.pth"),
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results folder of one run over all examples."""
    out = tmp_path_factory.mktemp("examples")
    command = [sys.executable, "-m", "grader", "grade", str(ROOT / "submissions")]
    ran = subprocess.run(
        [*command, "--data", str(SAMPLE), "--out", str(out / "results")],
        capture_output=True,
        text=True,
        cwd=out,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return out / "results"


def measurement(results: Path, student: str, id: str) -> dict[str, Any]:
    """One measurement of a student's report.json."""
    report = json.loads((results / "students" / student / "report.json").read_text())
    found: dict[str, Any] = next(each for each in report["measurements"] if each["id"] == id)
    return found


def test_every_example_is_expected_here(results: Path) -> None:
    """An example without an expected verdict would prove nothing."""
    assert {path.stem for path in (ROOT / "submissions").glob("*.zip")} == {*VERDICTS}
    folders = {path.name for path in results.iterdir() if path.is_dir()}
    assert {name for name in folders if not name.startswith(".")} == {STUDENTS, LAB}
    assert {path.name for path in (results / STUDENTS).iterdir()} == {*VERDICTS}


@pytest.mark.parametrize("student", VERDICTS)
def test_an_example_gets_its_verdict(results: Path, student: str) -> None:
    """Each example shows what it was made to show, with a reason that names the cause."""
    id, status, part = VERDICTS[student]
    found = measurement(results, student, id)
    if id == "accuracy.program" and found["status"] == "skipped":
        assert "needs isolation" in found["reason"]
        pytest.skip("bubblewrap is not installed, so no program is run")
    assert found["status"] == status
    assert (part or "") in (found["reason"] or found["review"] or "")
    assert status == "passed" or found["help"]


def test_the_reference_solution_has_its_golden_numbers(results: Path) -> None:
    """MFLOPs to every digit and the same count of correct images; `accepted` is its checkpoint.

    On the sample: `test_lab_loop` counts on the whole test set.
    """
    solution = (REFERENCE / "solution" / "model" / "mobilenet.pth").read_bytes()
    report = json.loads((results / "students" / "accepted" / "report.json").read_text())
    (checkpoint,) = (f for f in report["submission"]["files"] if f["role"] == "checkpoint")
    assert checkpoint["sha256"] == hashlib.sha256(solution).hexdigest()
    assert measurement(results, "accepted", "mflops")["value"] == GOLDEN["mflops"]
    accuracy = measurement(results, "accepted", "accuracy.pytorch")
    assert accuracy["evidence"]["correct"] == GOLDEN["correct"]["sample"]


def test_nothing_of_the_hostile_pickle_was_run(results: Path) -> None:
    """The file it would create on loading is nowhere below the folder the grader was started in."""
    assert not list(results.parent.rglob("hostile-pickle-was-here*"))
    assert not (ROOT / "hostile-pickle-was-here.txt").exists()


def test_an_accepted_example_scores_and_a_worthless_one_does_not(results: Path) -> None:
    """The reference solution earns points, and a network that learnt nothing is floored at zero.

    All three notebooks answer question 3 rightly, for five points.
    """
    grades = {
        student: json.loads((results / "students" / student / "report.json").read_text())["grade"]
        for student in ("accepted", "accepted-first-form", "accuracy-too-low")
    }
    earned = {
        student: {item["id"]: item["earned"] for item in grade["items"]}
        for student, grade in grades.items()
    }
    assert earned["accepted"] == earned["accepted-first-form"]
    assert earned["accepted"]["part2.formula"] > 45
    assert earned["accuracy-too-low"]["part2.formula"] == 0
    assert {each["part1"] for each in earned.values()} == {5}
    assert grades["accuracy-too-low"]["total"] == 5
    assert grades["accuracy-too-low"]["pending"] == 50
