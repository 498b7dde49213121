"""The reference solution, graded whole, against its golden numbers."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.datasets.cifar10 import CIFAR10
from tests.places import ROOT

GOLDEN = json.loads((ROOT / "reference" / "golden.json").read_text())

pytestmark = [pytest.mark.slow, pytest.mark.system]


def test_the_reference_solution_scores_its_golden_numbers(tmp_path: Path) -> None:
    """MFLOPs to every digit and the same count of correct images, scoring at least 45.

    On the sample: `test_lab_loop` counts on the whole test set. Its runner is left out: it takes
    minutes, and the examples have one.
    """
    solution = tmp_path / "solution"
    shutil.copytree(
        ROOT / "reference" / "solution",
        solution,
        ignore=shutil.ignore_patterns("xnn_executor_runner"),
    )
    command = [sys.executable, "-m", "grader", "grade", str(solution)]
    command += ["--data", str(CIFAR10.sample_path()), "--out", str(tmp_path / "results")]
    ran = subprocess.run(
        [*command, "--fail-under", "45"], capture_output=True, text=True, check=False
    )
    report = json.loads((tmp_path / "results" / "solution" / "report.json").read_text())
    found = {each["id"]: each for each in report["measurements"]}
    assert found["mflops"]["value"] == GOLDEN["mflops"]
    assert found["accuracy.pytorch"]["evidence"]["correct"] == GOLDEN["correct"]["sample"]
    assert ran.returncode == 0, ran.stderr
