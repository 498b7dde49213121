"""The reference solution, graded whole, against its golden numbers."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.datasets.dataset import TestSet
from tests.places import ROOT

GOLDEN = json.loads((ROOT / "reference" / "golden.json").read_text())

pytestmark = [pytest.mark.slow, pytest.mark.system]


def test_the_reference_solution_scores_its_golden_numbers(
    test_set: TestSet, tmp_path: Path
) -> None:
    """MFLOPs to every digit and the same count of correct images, scoring at least 45.

    On the whole test set where it is here, else on the sample, whose count is golden too. Its
    runner stays at home: it takes minutes, and the examples show one.
    """
    solution = tmp_path / "solution"
    shutil.copytree(
        ROOT / "reference" / "solution",
        solution,
        ignore=shutil.ignore_patterns("xnn_executor_runner"),
    )
    command = [sys.executable, "-m", "grader", "grade", str(solution)]
    command += ["--data", str(test_set.path), "--out", str(tmp_path / "results")]
    ran = subprocess.run(
        [*command, "--fail-under", "45"], capture_output=True, text=True, check=False
    )
    report = json.loads((tmp_path / "results" / "solution" / "report.json").read_text())
    found = {each["id"]: each for each in report["measurements"]}
    counted = "sample" if test_set.is_sample else "test_set"
    assert found["mflops"]["value"] == GOLDEN["mflops"]
    assert found["accuracy.pytorch"]["evidence"]["correct"] == GOLDEN["correct"][counted]
    assert ran.returncode == 0, ran.stderr
