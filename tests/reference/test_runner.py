"""The reference's runner, started as the lab starts it; tests/hostile has the grader believe it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.datasets.cifar10 import CIFAR10
from grader.inference.eager import lab_logits
from tests.places import ROOT
from tests.small_networks import PREPROCESSING, sample, small, small_program

RUNNER = ROOT / "reference" / "xnn_executor_runner"
LIMIT = 20

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lab's tree: a program, and more images than are asked for."""
    folder = tmp_path_factory.mktemp("hand-in")
    (folder / "model").mkdir()
    (folder / "data").mkdir()
    (folder / "model" / "mobilenet.pte").write_bytes(small_program())
    content = CIFAR10.sample_path().read_bytes()[: 2 * LIMIT * CIFAR10.record]
    (folder / "data" / "test_batch.bin").write_bytes(content)
    return folder


def started(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """How the runner ended."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        [str(RUNNER), "--model_path", "./model/mobilenet.pte", *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_limit_looks_at_the_first_images_only(folder: Path) -> None:
    """It says how many those were, and its accuracy is PyTorch's of the same images."""
    ended = started(folder, "--limit", str(LIMIT), "--threads", "1")
    assert ended.returncode == 0, ended.stderr
    first, *_, last = ended.stdout.splitlines()
    known = sample()
    answers = lab_logits(small(), known.pixels[:LIMIT], PREPROCESSING).argmax(axis=1)
    accuracy = (answers == known.labels[:LIMIT]).mean()
    assert (first, last) == (f"Done testing: {LIMIT}/{LIMIT}", f"Accuracy: {accuracy:.4f}")


def test_latency_is_a_line_to_read_and_one_of_json(folder: Path) -> None:
    """Every run that counts of the program and of the one beside it, in milliseconds."""
    beside = ("--beside", "./model/mobilenet.pte")
    ended = started(folder, "--latency", "--runs", "3", "--threads", "1", *beside)
    assert ended.returncode == 0, ended.stderr
    told, line = ended.stdout.splitlines()
    assert told.startswith("Latency: p50 ")
    measured = json.loads(line)
    assert (measured["runtime"], measured["threads"]) == ("executorch", 1)
    for times in (measured["program"], measured["beside"]):
        assert len(times) == 3
        assert min(times) > 0
